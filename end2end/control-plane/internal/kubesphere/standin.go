// Package kubesphere stands in for KubeSphere's controllers, as far as these touch service accounts. It does what they are
// known to do, for better or worse, so that Musterbook can be tried beside them.
package kubesphere

import (
	"context"
	_ "embed"
	"fmt"
	"slices"
	"time"

	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"

	"musterbook.dev/control-plane/internal/manifest"
)

// marks are what a cluster has where KubeSphere is installed; the kind of roles comes with version 4.
var (
	//go:embed marks.yaml
	marks []byte
	//go:embed marks-v4.yaml
	marksOfV4 []byte
)

// Options say what to stand in for.
type Options struct {
	Version Version
	// Projects are the namespaces whose accounts are looked after; all where there are none.
	Projects []string
	// Pause is how long an account is without a binding when it gets another one. It is never less than KubeSphere takes.
	Pause time.Duration
}

// Start leaves KubeSphere's marks in the cluster, and returns when the controllers work. They go on until the context ends.
func Start(ctx context.Context, config *rest.Config, options Options) error {
	applier, err := manifest.NewApplier(config)
	if err != nil {
		return err
	}
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		return fmt.Errorf("client of the API server: %w", err)
	}
	objects, err := dynamic.NewForConfig(config)
	if err != nil {
		return fmt.Errorf("client of the API server: %w", err)
	}
	covers := func(project string) bool {
		return len(options.Projects) == 0 || slices.Contains(options.Projects, project)
	}
	if err := applier.Apply(ctx, marks); err != nil {
		return fmt.Errorf("KubeSphere's marks: %w", err)
	}
	if options.Version == V4 {
		if err := applier.Apply(ctx, marksOfV4); err != nil {
			return fmt.Errorf("KubeSphere's marks: %w", err)
		}
		mirrors := &mirrors{client: client, objects: objects, covers: covers}
		if err := mirrors.start(ctx); err != nil {
			return err
		}
	}
	controller := &controller{version: options.Version, pause: options.Pause, covers: covers, client: client}
	return controller.start(ctx)
}
