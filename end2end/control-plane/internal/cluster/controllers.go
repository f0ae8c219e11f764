package cluster

import (
	"context"
	"strings"

	"k8s.io/kubernetes/cmd/kube-controller-manager/app"
	"k8s.io/kubernetes/cmd/kube-controller-manager/app/options"
	"k8s.io/kubernetes/cmd/kube-controller-manager/names"

	"musterbook.dev/control-plane/internal/certs"
)

// controllers are those that service accounts depend on. None makes pods: what a workload would start isn't started.
var controllers = []string{
	names.ServiceAccountController,
	names.ServiceAccountTokenController,
	names.NamespaceController,
	names.GarbageCollectorController,
	names.ClusterRoleAggregationController,
	names.RootCACertificatePublisherController,
	names.LegacyServiceAccountTokenCleanerController,
}

// startControllers starts the controller manager under its own name. Each controller acts as its own account: controllers
// that are all-powerful would pass through admission policies that hold them up in a real cluster.
func (p *Plane) startControllers(authority *certs.Authority) error {
	flags := []string{
		"--kubeconfig=" + p.files.controllersKubeconfig,
		"--use-service-account-credentials=true",
		"--service-account-private-key-file=" + p.files.tokenKey,
		"--root-ca-file=" + authority.File,
		"--controllers=" + strings.Join(controllers, ","),
		"--leader-elect=false",
		"--secure-port=0",
		"--kube-api-qps=500",
		"--kube-api-burst=1000",
	}
	known, disabled, aliases := app.KnownControllers(), app.ControllersDisabledByDefault(), app.ControllerAliases()
	manager, err := options.NewKubeControllerManagerOptions()
	if err != nil {
		return err
	}
	if err := parse("kube-controller-manager", manager.Flags(known, disabled, aliases), flags); err != nil {
		return err
	}
	if err := manager.ComponentGlobalsRegistry.Set(); err != nil {
		return err
	}
	config, err := manager.Config(context.Background(), known, disabled, aliases)
	if err != nil {
		return err
	}
	p.launch("kube-controller-manager", func(ctx context.Context) error { return app.Run(ctx, config.Complete()) })
	return nil
}
