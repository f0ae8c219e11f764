package kubesphere

import (
	"context"
	"fmt"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/kubernetes/scheme"
	typedcorev1 "k8s.io/client-go/kubernetes/typed/core/v1"
	corelisters "k8s.io/client-go/listers/core/v1"
	"k8s.io/client-go/tools/cache"
	"k8s.io/client-go/tools/record"
	"k8s.io/client-go/util/workqueue"
)

// controller binds accounts to the role that their annotation names. It hears of accounts only: a role that comes later,
// or a binding that somebody deletes, is nothing to it until the account changes.
type controller struct {
	version  Version
	pause    time.Duration
	covers   func(project string) bool
	client   kubernetes.Interface
	accounts corelisters.ServiceAccountLister
	queue    workqueue.TypedRateLimitingInterface[types.NamespacedName]
	events   record.EventRecorder
}

// start returns when the accounts that are there are known; the work goes on until the context ends.
func (c *controller) start(ctx context.Context) error {
	c.queue = workqueue.NewTypedRateLimitingQueue(workqueue.DefaultTypedControllerRateLimiter[types.NamespacedName]())
	broadcaster := record.NewBroadcaster(record.WithContext(ctx))
	broadcaster.StartRecordingToSink(&typedcorev1.EventSinkImpl{Interface: c.client.CoreV1().Events("")})
	c.events = broadcaster.NewRecorder(scheme.Scheme, corev1.EventSource{Component: "serviceaccount-controller"})

	accounts := informers.NewSharedInformerFactory(c.client, 0).Core().V1().ServiceAccounts()
	c.accounts = accounts.Lister()
	informer := accounts.Informer()
	_, err := informer.AddEventHandler(cache.ResourceEventHandlerFuncs{
		AddFunc:    c.enqueue,
		UpdateFunc: func(_, account any) { c.enqueue(account) },
	})
	if err != nil {
		return err
	}
	go informer.RunWithContext(ctx)
	if !cache.WaitForCacheSync(ctx.Done(), informer.HasSynced) {
		return ctx.Err()
	}
	context.AfterFunc(ctx, c.queue.ShutDown)
	go c.work(ctx)
	return nil
}

func (c *controller) enqueue(object any) {
	account := object.(*corev1.ServiceAccount)
	if c.covers(account.Namespace) {
		c.queue.Add(types.NamespacedName{Namespace: account.Namespace, Name: account.Name})
	}
}

// work takes one account after the other; what failed comes again, later each time.
func (c *controller) work(ctx context.Context) {
	for {
		key, ended := c.queue.Get()
		if ended {
			return
		}
		if err := c.reconcile(ctx, key); err != nil {
			c.queue.AddRateLimited(key)
		} else {
			c.queue.Forget(key)
		}
		c.queue.Done(key)
	}
}

// reconcile does at each change of an account, whatever changed, what a change of its role wants. Without the annotation
// nothing is done, so that taking it away revokes nothing.
func (c *controller) reconcile(ctx context.Context, key types.NamespacedName) error {
	account, err := c.accounts.ServiceAccounts(key.Namespace).Get(key.Name)
	if apierrors.IsNotFound(err) {
		return nil
	}
	if err != nil {
		return err
	}
	role := account.Annotations[roleAnnotation]
	if role == "" || account.DeletionTimestamp != nil {
		return nil
	}
	if err := c.give(ctx, account, role); err != nil {
		c.events.Event(account, corev1.EventTypeWarning, "FailedSync", err.Error())
		return err
	}
	c.events.Event(account, corev1.EventTypeNormal, "Synced", "Synced successfully")
	return nil
}

// give deletes the account's bindings and makes one for the role. Where there is no such role the old one stays: version 3
// says so and tries again, version 4 says that all is well.
func (c *controller) give(ctx context.Context, account *corev1.ServiceAccount, role string) error {
	found, err := c.client.RbacV1().Roles(account.Namespace).Get(ctx, c.version.boundRole(role), metav1.GetOptions{})
	missing := apierrors.IsNotFound(err) || err == nil && !c.version.accepts(found, role)
	switch {
	case missing && c.version == V4:
		return nil
	case err != nil:
		return fmt.Errorf("role %s: %w", role, err)
	}
	bindings := c.client.RbacV1().RoleBindings(account.Namespace)
	labelled := metav1.ListOptions{LabelSelector: accountLabel + "=" + account.Name}
	// Version 3 goes on whatever becomes of this.
	if err := bindings.DeleteCollection(ctx, metav1.DeleteOptions{}, labelled); err != nil && c.version == V4 {
		return fmt.Errorf("old bindings: %w", err)
	}
	select {
	case <-time.After(c.pause):
	case <-ctx.Done():
	}
	// Even when it is being told to stop: it would leave the account without its role.
	_, err = bindings.Create(context.WithoutCancel(ctx), c.version.binding(account, role), metav1.CreateOptions{})
	return err
}
