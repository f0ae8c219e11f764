package cluster

import (
	"context"
	_ "embed"
	"fmt"
	"os"

	"github.com/spf13/pflag"
	utilerrors "k8s.io/apimachinery/pkg/util/errors"
	"k8s.io/client-go/rest"
	cliflag "k8s.io/component-base/cli/flag"
	"k8s.io/kubernetes/cmd/kube-apiserver/app"
	"k8s.io/kubernetes/cmd/kube-apiserver/app/options"

	"musterbook.dev/control-plane/internal/certs"
	"musterbook.dev/control-plane/internal/ports"
)

//go:embed audit-policy.yaml
var auditOthers []byte

// auditAll is the policy that leaves nothing out.
const auditAll = "apiVersion: audit.k8s.io/v1\nkind: Policy\nrules:\n- level: Metadata\n"

// startAPIServer starts the API server as it is shipped: RBAC, the default admission plugins. It is put together from its
// options and not from its command, which installs a handler for signals of its own and can't be stopped otherwise.
func (p *Plane) startAPIServer(authority *certs.Authority, storage storage, listeners *ports.Listeners) error {
	pair, err := authority.ForServer("kube-apiserver", "127.0.0.1", "localhost", "10.96.0.1", "kubernetes",
		"kubernetes.default", "kubernetes.default.svc", "kubernetes.default.svc.cluster.local")
	if err != nil {
		return err
	}
	cert, key, err := pair.Write(p.files.pki, "apiserver")
	if err != nil {
		return err
	}
	flags := []string{
		"--etcd-servers=" + storage.url,
		"--etcd-cafile=" + storage.authority,
		"--etcd-certfile=" + storage.cert,
		"--etcd-keyfile=" + storage.key,
		"--tls-cert-file=" + cert,
		"--tls-private-key-file=" + key,
		"--client-ca-file=" + authority.File,
		"--service-account-key-file=" + p.files.tokenKey,
		"--service-account-signing-key-file=" + p.files.tokenKey,
		"--service-account-issuer=https://kubernetes.default.svc",
		"--authorization-mode=RBAC",
		"--service-cluster-ip-range=10.96.0.0/16",
		// The address that pods would be told. There are none, so no address of the machine is looked for, and a
		// machine without a network will do.
		"--advertise-address=192.0.2.1",
		"--endpoint-reconciler-type=none",
		"--profiling=false",
	}
	if p.audit != AuditNothing {
		policy := auditOthers
		if p.audit == AuditAll {
			policy = []byte(auditAll)
		}
		if err := os.WriteFile(p.files.auditPolicy, policy, 0o600); err != nil {
			return fmt.Errorf("write the audit policy: %w", err)
		}
		flags = append(flags, "--audit-log-path="+p.files.auditLog, "--audit-policy-file="+p.files.auditPolicy)
	}

	// Kubernetes warns its own clients of things that this program can't change.
	rest.SetDefaultWarningHandler(rest.NoWarnings{})
	server := options.NewServerRunOptions()
	if err := parse("kube-apiserver", server.Flags(), flags); err != nil {
		return err
	}
	if err := server.GenericServerRunOptions.ComponentGlobalsRegistry.Set(); err != nil {
		return err
	}
	server.SecureServing.Listener = listeners.APIServer
	listeners.APIServer = nil // from here on it is the server's
	p.launch("kube-apiserver", func(ctx context.Context) error {
		completed, err := server.Complete(ctx)
		if err != nil {
			return err
		}
		if errs := completed.Validate(); len(errs) > 0 {
			return utilerrors.NewAggregate(errs)
		}
		return app.Run(ctx, completed)
	})
	return nil
}

// parse sets the options of a component by its command-line flags, which are its stable interface.
func parse(name string, sections cliflag.NamedFlagSets, flags []string) error {
	all := pflag.NewFlagSet(name, pflag.ContinueOnError)
	all.SetNormalizeFunc(cliflag.WordSepNormalizeFunc)
	for _, section := range sections.FlagSets {
		all.AddFlagSet(section)
	}
	return all.Parse(flags)
}
