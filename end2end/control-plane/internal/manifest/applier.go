package manifest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/client-go/discovery/cached/memory"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/restmapper"
)

const (
	// fieldManager owns the fields that the files set.
	fieldManager = "musterbook-sample"
	// poll is how often something is asked for that is about to appear.
	poll = 50 * time.Millisecond
	// kindPatience is how long a kind may take to be served after its definition was applied.
	kindPatience = 5 * time.Second
	// accountPatience is how long the controllers may take to give a new namespace its `default` account.
	accountPatience = 30 * time.Second
)

// Applier applies files to one cluster.
type Applier struct {
	objects  dynamic.Interface
	accounts kubernetes.Interface
	kinds    *restmapper.DeferredDiscoveryRESTMapper
	// peopled holds the namespaces that are known to have their `default` account.
	peopled map[string]bool
}

// NewApplier makes an applier for the cluster of this configuration.
func NewApplier(config *rest.Config) (*Applier, error) {
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		return nil, fmt.Errorf("client for applying: %w", err)
	}
	objects, err := dynamic.NewForConfig(config)
	if err != nil {
		return nil, fmt.Errorf("client for applying: %w", err)
	}
	return &Applier{
		objects:  objects,
		accounts: client,
		kinds:    restmapper.NewDeferredDiscoveryRESTMapper(memory.NewMemCacheClient(client.Discovery())),
		peopled:  map[string]bool{},
	}, nil
}

// ApplyFile applies the documents of one file in their order. Doing it again changes nothing.
func (a *Applier) ApplyFile(ctx context.Context, file string) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return fmt.Errorf("apply: %w", err)
	}
	if err := a.Apply(ctx, text); err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	return nil
}

// Apply applies the documents of a YAML text in their order.
func (a *Applier) Apply(ctx context.Context, text []byte) error {
	objects, err := Documents(text)
	if err != nil {
		return err
	}
	for _, object := range objects {
		if err := a.apply(ctx, object); err != nil {
			return fmt.Errorf("%s: %w", title(object), err)
		}
	}
	return nil
}

func (a *Applier) apply(ctx context.Context, object *unstructured.Unstructured) error {
	mapping, err := a.mapping(ctx, object)
	if err != nil {
		return err
	}
	var resource dynamic.ResourceInterface = a.objects.Resource(mapping.Resource)
	namespace := object.GetNamespace()
	switch namespaced := mapping.Scope.Name() == meta.RESTScopeNameNamespace; {
	case namespaced && namespace == "":
		return errors.New("has no namespace")
	case !namespaced && namespace != "":
		return errors.New("has a namespace, but its kind has none")
	case namespaced:
		if err := a.waitForDefaultAccount(ctx, namespace); err != nil {
			return err
		}
		resource = a.objects.Resource(mapping.Resource).Namespace(namespace)
	}
	_, err = resource.Apply(ctx, object.GetName(), object, metav1.ApplyOptions{FieldManager: fieldManager, Force: true})
	return err
}

// mapping finds the resource of a kind. One that isn't known yet may belong to a definition applied a moment ago.
func (a *Applier) mapping(ctx context.Context, object *unstructured.Unstructured) (*meta.RESTMapping, error) {
	kind := object.GroupVersionKind()
	var mapping *meta.RESTMapping
	var last error
	err := wait.PollUntilContextTimeout(ctx, poll, kindPatience, true, func(context.Context) (bool, error) {
		if mapping, last = a.kinds.RESTMapping(kind.GroupKind(), kind.Version); meta.IsNoMatchError(last) {
			a.kinds.Reset()
			return false, nil
		}
		return last == nil, last
	})
	if err != nil && last != nil {
		return nil, last
	}
	return mapping, err
}

// waitForDefaultAccount waits until the controllers have seen a new namespace: pods in it are refused before.
func (a *Applier) waitForDefaultAccount(ctx context.Context, namespace string) error {
	if a.peopled[namespace] {
		return nil
	}
	if _, err := a.accounts.CoreV1().Namespaces().Get(ctx, namespace, metav1.GetOptions{}); err != nil {
		return fmt.Errorf("its namespace: %w", err)
	}
	err := wait.PollUntilContextTimeout(ctx, poll, accountPatience, true, func(ctx context.Context) (bool, error) {
		_, err := a.accounts.CoreV1().ServiceAccounts(namespace).Get(ctx, "default", metav1.GetOptions{})
		if apierrors.IsNotFound(err) {
			return false, nil
		}
		return err == nil, err
	})
	if err != nil {
		return fmt.Errorf("wait for the account %s/default: %w", namespace, err)
	}
	a.peopled[namespace] = true
	return nil
}
