package filling

import (
	"context"

	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/kubernetes"
)

// kind is a resource, and what should be there of it in a project.
type kind struct {
	resource schema.GroupVersionResource
	of       func(project) []wanted
}

// wanted is an object that should be there.
type wanted struct {
	key    string
	create func(context.Context) error
}

// want makes an object through the client of its kind.
func want[T metav1.Object](object T, client interface {
	Create(context.Context, T, metav1.CreateOptions) (T, error)
}) wanted {
	return wanted{key: key(object), create: func(ctx context.Context) error {
		_, err := client.Create(ctx, object, metav1.CreateOptions{})
		return err
	}}
}

// kinds are in the order in which they are made.
func kinds(client kubernetes.Interface, plan *Plan) []kind {
	core, rbac := client.CoreV1(), client.RbacV1()
	return []kind{
		{corev1.SchemeGroupVersion.WithResource("namespaces"), func(project project) []wanted {
			return []wanted{want(namespace(project), core.Namespaces())}
		}},
		{rbacv1.SchemeGroupVersion.WithResource("roles"), func(project project) []wanted {
			var all []wanted
			for _, role := range roles(project.name) {
				all = append(all, want(role, rbac.Roles(project.name)))
			}
			return all
		}},
		{corev1.SchemeGroupVersion.WithResource("serviceaccounts"), func(project project) []wanted {
			var all []wanted
			for number := project.first; number < project.end; number++ {
				all = append(all, want(account(project.name, number), core.ServiceAccounts(project.name)))
			}
			return all
		}},
		{rbacv1.SchemeGroupVersion.WithResource("rolebindings"), func(project project) []wanted {
			var all []wanted
			for _, binding := range bindings(plan, project) {
				all = append(all, want(binding, rbac.RoleBindings(project.name)))
			}
			return all
		}},
		{corev1.SchemeGroupVersion.WithResource("pods"), func(project project) []wanted {
			var all []wanted
			for number := project.first; number < project.end; number++ {
				for place := range share(number, plan.all(), plan.Pods) {
					all = append(all, want(pod(project.name, number, place), core.Pods(project.name)))
				}
			}
			return all
		}},
		{corev1.SchemeGroupVersion.WithResource("secrets"), func(project project) []wanted {
			var all []wanted
			for number := project.first; number < project.end; number++ {
				if number%tokenEach == 0 {
					all = append(all, want(token(project.name, number), core.Secrets(project.name)))
				}
			}
			return all
		}},
	}
}

// bindings are all of a project: of its members, of Musterbook, of its accounts.
func bindings(plan *Plan, project project) []*rbacv1.RoleBinding {
	var all []*rbacv1.RoleBinding
	if project.hasMembers {
		all = memberships(project.name, plan.Members)
		if plan.Identity != "" {
			all = append(all, identity(project.name, plan.Identity))
		}
	}
	for number := project.first; number < project.end; number++ {
		for place := range share(number, plan.all(), plan.Bindings) {
			all = append(all, binding(project.name, number, place))
		}
	}
	return all
}
