package kubesphere

import (
	"fmt"

	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

const (
	roleAnnotation        = "iam.kubesphere.io/role"
	creatorAnnotation     = "kubesphere.io/creator"
	descriptionAnnotation = "kubesphere.io/description"

	accountLabel  = "iam.kubesphere.io/serviceaccount-ref"
	roleLabel     = "iam.kubesphere.io/role-ref"
	templateLabel = "iam.kubesphere.io/role-template"

	// mirrorPrefix begins the names of the Roles that KubeSphere 4 makes of its own.
	mirrorPrefix = "kubesphere:iam:"
)

// Version is a line of KubeSphere.
type Version string

// V3 gives the project's Roles. V4 has roles of its own kind, and gives the Roles that it makes of them.
const (
	V3 Version = "v3"
	V4 Version = "v4"
)

// ParseVersion reads the flag.
func ParseVersion(text string) (Version, error) {
	switch version := Version(text); version {
	case V3, V4:
		return version, nil
	default:
		return "", fmt.Errorf("--version wants v3 or v4, but got %q", text)
	}
}

// boundRole is the name of the Role that gives a project role.
func (v Version) boundRole(role string) string {
	if v == V4 {
		return mirrorPrefix + role
	}
	return role
}

// accepts says whether a Role under that name counts: KubeSphere 4 wants its own mark on it.
func (v Version) accepts(found *rbacv1.Role, role string) bool {
	return v == V3 || found.Labels[roleLabel] == role
}

// binding is what the account gets for a project role, under a name that nobody can foresee.
func (v Version) binding(account *corev1.ServiceAccount, role string) *rbacv1.RoleBinding {
	owner := metav1.NewControllerRef(account, corev1.SchemeGroupVersion.WithKind("ServiceAccount"))
	return &rbacv1.RoleBinding{
		ObjectMeta: metav1.ObjectMeta{
			GenerateName:    fmt.Sprintf("%s-%s-", account.Name, role),
			Namespace:       account.Namespace,
			Labels:          map[string]string{accountLabel: account.Name},
			OwnerReferences: []metav1.OwnerReference{*owner},
		},
		RoleRef:  rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "Role", Name: v.boundRole(role)},
		Subjects: []rbacv1.Subject{{Kind: rbacv1.ServiceAccountKind, Name: account.Name, Namespace: account.Namespace}},
	}
}
