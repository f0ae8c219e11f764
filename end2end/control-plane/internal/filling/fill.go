package filling

import (
	"context"
	"fmt"
	"strings"
	"sync/atomic"

	"golang.org/x/sync/errgroup"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/metadata"
	"k8s.io/client-go/rest"
)

const (
	// atOnce is how many writes are under way: enough to keep a small machine busy, and fewer than one connection carries.
	atOnce = 64
	// listed is how many names are asked for at once.
	listed = 5_000
)

// Made says how much of each kind was made, and how much there was.
type Made []count

type count struct {
	kind       string
	made, kept int
}

// Sum is how many objects were made.
func (m Made) Sum() int {
	sum := 0
	for _, count := range m {
		sum += count.made
	}
	return sum
}

func (m Made) String() string {
	var parts []string
	for _, count := range m {
		parts = append(parts, fmt.Sprintf("%d %s (there were %d)", count.made, count.kind, count.kept))
	}
	return "made " + strings.Join(parts, ", ")
}

// Fill makes what is missing of the plan, kind by kind: an account needs its namespace, a pod and a token their account.
func Fill(ctx context.Context, config *rest.Config, plan Plan) (Made, error) {
	config = metadata.ConfigFor(config) // protobuf: smaller than JSON, both ways
	writer, err := kubernetes.NewForConfig(config)
	if err != nil {
		return nil, fmt.Errorf("client of the API server: %w", err)
	}
	reader, err := metadata.NewForConfig(config)
	if err != nil {
		return nil, fmt.Errorf("client of the API server: %w", err)
	}
	var made Made
	for _, kind := range kinds(writer, &plan) {
		there, err := names(ctx, reader, kind.resource)
		if err != nil {
			return made, err
		}
		count, err := kind.fill(ctx, plan.projects(), there)
		made = append(made, count)
		if err != nil {
			return made, err
		}
	}
	return made, nil
}

// names are NAMESPACE/NAME of all that exist.
func names(ctx context.Context, reader metadata.Interface, resource schema.GroupVersionResource) (map[string]struct{}, error) {
	found := map[string]struct{}{}
	options := metav1.ListOptions{Limit: listed}
	for {
		list, err := reader.Resource(resource).List(ctx, options)
		if err != nil {
			return nil, fmt.Errorf("list %s: %w", resource.Resource, err)
		}
		for _, item := range list.Items {
			found[key(&item)] = struct{}{}
		}
		if options.Continue = list.Continue; options.Continue == "" {
			return found, nil
		}
	}
}

func key(object metav1.Object) string { return object.GetNamespace() + "/" + object.GetName() }

// fill makes what isn't there, many at once, and stops at the first failure.
func (k kind) fill(ctx context.Context, projects []project, there map[string]struct{}) (count, error) {
	workers, working := errgroup.WithContext(ctx)
	workers.SetLimit(atOnce)
	var made atomic.Int64
	kept := 0
	for _, project := range projects {
		for _, wanted := range k.of(project) {
			if _, found := there[wanted.key]; found {
				kept++
				continue
			}
			workers.Go(func() error {
				if working.Err() != nil {
					return nil // another one failed and is told
				}
				// One that somebody made meanwhile is as good.
				if err := wanted.create(working); err != nil && !apierrors.IsAlreadyExists(err) {
					return fmt.Errorf("make %s %s: %w", k.resource.Resource, wanted.key, err)
				}
				made.Add(1)
				return nil
			})
		}
	}
	err := workers.Wait()
	if err == nil {
		err = ctx.Err()
	}
	return count{kind: k.resource.Resource, made: int(made.Load()), kept: kept}, err
}
