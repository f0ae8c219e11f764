package kubesphere

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"time"

	rbacv1 "k8s.io/api/rbac/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/dynamic/dynamicinformer"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/cache"
	"k8s.io/klog/v2"
)

const (
	servedPoll     = 50 * time.Millisecond
	servedPatience = 10 * time.Second
)

var (
	iamVersion = schema.GroupVersion{Group: "iam.kubesphere.io", Version: "v1beta1"}
	iamRoles   = iamVersion.WithResource("roles")
)

// iamRole is KubeSphere 4's own kind of role.
type iamRole struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata"`
	Rules             []rbacv1.PolicyRule `json:"rules,omitempty"`
}

// mirror is the Role that gives it to somebody. Kubernetes deletes it with the role.
func (r *iamRole) mirror() *rbacv1.Role {
	owner := metav1.NewControllerRef(r, iamVersion.WithKind("Role"))
	return &rbacv1.Role{
		ObjectMeta: metav1.ObjectMeta{
			Name:            V4.boundRole(r.Name),
			Namespace:       r.Namespace,
			Labels:          map[string]string{roleLabel: r.Name},
			OwnerReferences: []metav1.OwnerReference{*owner},
		},
		Rules: r.Rules,
	}
}

// ownOf is the role of KubeSphere's own kind for a project role of version 3; nil where it is none. What comes with
// KubeSphere is described in several languages.
func ownOf(role *rbacv1.Role) *iamRole {
	if role.Annotations[creatorAnnotation] == "" || role.Labels[templateLabel] != "" || role.Labels[roleLabel] != "" {
		return nil
	}
	notes := maps.Clone(role.Annotations)
	if text := notes[descriptionAnnotation]; text != "" && notes[creatorAnnotation] == "system" {
		byLanguage, err := json.Marshal(map[string]string{"en": text})
		if err != nil {
			panic(err) // of two strings
		}
		notes[descriptionAnnotation] = string(byLanguage)
	}
	return &iamRole{
		TypeMeta:   metav1.TypeMeta{APIVersion: iamVersion.String(), Kind: "Role"},
		ObjectMeta: metav1.ObjectMeta{Name: role.Name, Namespace: role.Namespace, Annotations: notes},
		Rules:      role.Rules,
	}
}

// mirrors keeps a Role for each role of KubeSphere 4.
type mirrors struct {
	client  kubernetes.Interface
	objects dynamic.Interface
	covers  func(project string) bool
}

// start gives each project of the clients' cluster its roles, and returns when all have their Role.
func (m *mirrors) start(ctx context.Context) error {
	if err := m.waitUntilServed(ctx); err != nil {
		return err
	}
	roles, err := m.client.RbacV1().Roles("").List(ctx, metav1.ListOptions{})
	if err != nil {
		return fmt.Errorf("list roles: %w", err)
	}
	for place := range roles.Items {
		if own := ownOf(&roles.Items[place]); own != nil && m.covers(own.Namespace) {
			if err := m.make(ctx, own); err != nil {
				return err
			}
		}
	}
	informer := dynamicinformer.NewDynamicSharedInformerFactory(m.objects, 0).ForResource(iamRoles).Informer()
	handled, err := informer.AddEventHandler(cache.ResourceEventHandlerFuncs{
		AddFunc:    func(object any) { m.reflect(ctx, object) },
		UpdateFunc: func(_, object any) { m.reflect(ctx, object) },
	})
	if err != nil {
		return err
	}
	go informer.RunWithContext(ctx)
	if !cache.WaitForCacheSync(ctx.Done(), handled.HasSynced) {
		return ctx.Err()
	}
	return nil
}

// waitUntilServed waits for the kind, whose definition was applied a moment ago.
func (m *mirrors) waitUntilServed(ctx context.Context) error {
	var last error
	err := wait.PollUntilContextTimeout(ctx, servedPoll, servedPatience, true, func(ctx context.Context) (bool, error) {
		_, last = m.objects.Resource(iamRoles).List(ctx, metav1.ListOptions{Limit: 1})
		return last == nil, nil
	})
	if err != nil {
		return fmt.Errorf("%s isn't served: %w", iamRoles, last)
	}
	return nil
}

func (m *mirrors) make(ctx context.Context, role *iamRole) error {
	content, err := runtime.DefaultUnstructuredConverter.ToUnstructured(role)
	if err != nil {
		return err
	}
	object := &unstructured.Unstructured{Object: content}
	_, err = m.objects.Resource(iamRoles).Namespace(role.Namespace).Create(ctx, object, metav1.CreateOptions{})
	if err != nil && !apierrors.IsAlreadyExists(err) {
		return fmt.Errorf("make the role %s/%s: %w", role.Namespace, role.Name, err)
	}
	return nil
}

func (m *mirrors) reflect(ctx context.Context, object any) {
	role := &iamRole{}
	content := object.(*unstructured.Unstructured)
	if !m.covers(content.GetNamespace()) {
		return
	}
	err := runtime.DefaultUnstructuredConverter.FromUnstructured(content.Object, role)
	if err == nil {
		err = m.put(ctx, role.mirror())
	}
	if err != nil && ctx.Err() == nil {
		klog.ErrorS(err, "Role of a role", "project", content.GetNamespace(), "role", content.GetName())
	}
}

func (m *mirrors) put(ctx context.Context, role *rbacv1.Role) error {
	roles := m.client.RbacV1().Roles(role.Namespace)
	_, err := roles.Create(ctx, role, metav1.CreateOptions{})
	if apierrors.IsAlreadyExists(err) {
		_, err = roles.Update(ctx, role, metav1.UpdateOptions{})
	}
	return err
}
