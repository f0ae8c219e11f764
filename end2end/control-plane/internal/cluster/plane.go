// Package cluster runs the parts of a control plane in this process, and ends them in the right order.
package cluster

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync/atomic"
	"time"

	"go.etcd.io/etcd/server/v3/embed"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"

	"musterbook.dev/control-plane/internal/certs"
	"musterbook.dev/control-plane/internal/kubeconfig"
	"musterbook.dev/control-plane/internal/ports"
)

const (
	adminUser   = "control-plane-admin"
	mastersName = "system:masters"

	// stopPatience is how long a part may take to end. The API server would wait a minute for its open watches.
	stopPatience = 2 * time.Second
)

// Audit is what a control plane writes into its audit log.
type Audit int

const (
	AuditNothing Audit = iota
	AuditOthers        // all but what its own parts ask for
	AuditAll
)

// Options say where a control plane keeps its files, and what is in its audit log.
type Options struct {
	Dir   string
	Audit Audit
}

// Plane is a running control plane.
type Plane struct {
	files    files
	audit    Audit
	admin    *rest.Config
	etcd     *embed.Etcd
	parts    []*part
	failed   chan error
	stopping atomic.Bool
}

// part is a component that runs until its context ends.
type part struct {
	stop context.CancelFunc
	done chan struct{}
}

// files are the paths below the directory of a control plane.
type files struct {
	dir, pki, etcd, ports, tokenKey, adminKubeconfig, controllersKubeconfig, auditLog, auditPolicy string
}

func filesIn(dir string) files {
	pki := filepath.Join(dir, "pki")
	return files{
		dir:                   dir,
		pki:                   pki,
		etcd:                  filepath.Join(dir, "etcd"),
		ports:                 filepath.Join(dir, "ports.json"),
		tokenKey:              filepath.Join(pki, "service-accounts.key"),
		adminKubeconfig:       filepath.Join(dir, "admin.kubeconfig"),
		controllersKubeconfig: filepath.Join(dir, "controllers.kubeconfig"),
		auditLog:              filepath.Join(dir, "audit.log"),
		auditPolicy:           filepath.Join(dir, "audit-policy.yaml"),
	}
}

// Start starts every part and returns when the API server is ready and the controllers work. When it fails, or the
// context ends before, nothing is left running.
func Start(ctx context.Context, options Options) (*Plane, error) {
	plane := &Plane{files: filesIn(options.Dir), audit: options.Audit, failed: make(chan error, 3)} // one for each part
	if err := plane.start(ctx); err != nil {
		plane.Stop()
		return nil, err
	}
	return plane, nil
}

func (p *Plane) start(ctx context.Context) error {
	for _, dir := range []string{p.files.pki, p.files.etcd} {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return fmt.Errorf("make the directory: %w", err)
		}
	}
	claimed, listeners, err := ports.Claim(p.files.ports)
	if err != nil {
		return err
	}
	defer listeners.Close() // those that no part has taken over
	authority, err := certs.LoadOrCreateAuthority(p.files.pki)
	if err != nil {
		return err
	}
	if err := certs.LoadOrCreateTokenKey(p.files.tokenKey); err != nil {
		return err
	}
	if err := p.writeKubeconfigs(authority, claimed); err != nil {
		return err
	}

	storage, err := p.startEtcd(ctx, authority, claimed, listeners)
	if err != nil {
		return fmt.Errorf("etcd: %w", err)
	}
	if err := p.startAPIServer(authority, storage, listeners); err != nil {
		return fmt.Errorf("kube-apiserver: %w", err)
	}
	if err := p.waitForAPIServer(ctx); err != nil {
		return err
	}
	if err := p.startControllers(authority); err != nil {
		return fmt.Errorf("kube-controller-manager: %w", err)
	}
	return p.waitForControllers(ctx)
}

// writeKubeconfigs makes the two identities that the control plane itself knows: the admin, and the controller manager
// under its own name, so that the rules of the cluster hold for controllers as they do elsewhere.
func (p *Plane) writeKubeconfigs(authority *certs.Authority, claimed ports.Ports) error {
	cluster := kubeconfig.Cluster{
		Server:    fmt.Sprintf("https://127.0.0.1:%d", claimed.APIServer),
		Authority: authority.Certificate(),
	}
	for _, identity := range []struct {
		file, user string
		groups     []string
	}{
		{p.files.adminKubeconfig, adminUser, []string{mastersName}},
		{p.files.controllersKubeconfig, "system:kube-controller-manager", nil},
	} {
		pair, err := authority.ForClient(identity.user, identity.groups...)
		if err != nil {
			return err
		}
		config := kubeconfig.New(cluster, kubeconfig.Identity{Name: identity.user, Cert: pair.Cert, Key: pair.Key})
		if err := kubeconfig.Write(identity.file, config); err != nil {
			return err
		}
	}
	var err error
	if p.admin, err = clientcmd.BuildConfigFromFlags("", p.files.adminKubeconfig); err != nil {
		return fmt.Errorf("read the admin's kubeconfig: %w", err)
	}
	p.admin.QPS = -1 // no throttling on the client's side
	p.admin.UserAgent = "musterbook-control-plane"
	return nil
}

// launch runs a part in the background. One that ends before it is told to has failed.
func (p *Plane) launch(name string, run func(context.Context) error) {
	ctx, stop := context.WithCancel(context.Background())
	started := &part{stop: stop, done: make(chan struct{})}
	p.parts = append(p.parts, started)
	go func() {
		defer close(started.done)
		err := run(ctx)
		if p.stopping.Load() {
			return
		}
		if err == nil {
			err = errors.New("ended by itself")
		}
		p.failed <- fmt.Errorf("%s: %w", name, err)
	}()
}

// Stop ends the parts, the last one started first, and closes etcd, which writes down what it has.
func (p *Plane) Stop() {
	p.stopping.Store(true)
	for last := len(p.parts) - 1; last >= 0; last-- {
		p.parts[last].stop()
		select {
		case <-p.parts[last].done:
		case <-time.After(stopPatience):
		}
	}
	p.parts = nil
	if p.etcd != nil {
		// Not Close: it first waits for clients that are gone only when this process is.
		p.etcd.Server.Stop()
	}
}

// Failed tells of a part that ended by itself.
func (p *Plane) Failed() <-chan error { return p.failed }

// Admin is a client configuration that may do everything.
func (p *Plane) Admin() *rest.Config { return rest.CopyConfig(p.admin) }

// AdminKubeconfig is the file that signs in as the admin.
func (p *Plane) AdminKubeconfig() string { return p.files.adminKubeconfig }

// AuditLog is the file with the audit events, or nothing when none are written.
func (p *Plane) AuditLog() string {
	if p.audit == AuditNothing {
		return ""
	}
	return p.files.auditLog
}
