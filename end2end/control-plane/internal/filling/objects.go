package filling

import (
	"fmt"
	"strings"

	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

const (
	rbacGroup = "rbac.authorization.k8s.io"
	// projectsOfAWorkspace is how many a workspace has.
	projectsOfAWorkspace = 40
	// tokenEach account has a token Secret.
	tokenEach = 20
)

func namespace(project project) *corev1.Namespace {
	return &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{
		Name:   project.name,
		Labels: map[string]string{"kubesphere.io/workspace": fmt.Sprintf("bench-workspace-%02d", project.number/projectsOfAWorkspace)},
		Annotations: map[string]string{
			"kubesphere.io/alias-name":  fmt.Sprintf("Bench %d", project.number),
			"kubesphere.io/description": "One of many projects",
			"kubesphere.io/creator":     "workspace-admin",
		},
	}}
}

// roles are those of end2end/sample/20-roles.yaml that the bench needs, in KubeSphere's order.
func roles(project string) []*rbacv1.Role {
	rule := func(groups, resources, verbs string) rbacv1.PolicyRule {
		return rbacv1.PolicyRule{APIGroups: words(groups), Resources: words(resources), Verbs: words(verbs)}
	}
	const reading, core = "get list watch", "- apps batch autoscaling networking.k8s.io events.k8s.io"
	return []*rbacv1.Role{
		role(project, "operator", "Operator", "Everything in the project but its members and roles",
			rule("*", "*", reading),
			rule(core, "*", "create update patch delete deletecollection"),
			rule(rbacGroup, "rolebindings", "create delete")),
		role(project, "viewer", "Viewer", "May look at everything in the project but Secrets",
			rule("-", "pods pods/log services endpoints configmaps serviceaccounts events persistentvolumeclaims "+
				"replicationcontrollers resourcequotas limitranges", reading),
			rule("-", "namespaces", "get"),
			rule("apps batch autoscaling networking.k8s.io discovery.k8s.io policy events.k8s.io "+rbacGroup, "*", reading)),
	}
}

// words splits at spaces; a dash stands for the core group, whose name is empty.
func words(text string) []string {
	found := strings.Fields(text)
	for at, word := range found {
		if word == "-" {
			found[at] = ""
		}
	}
	return found
}

func role(project, name, alias, about string, rules ...rbacv1.PolicyRule) *rbacv1.Role {
	return &rbacv1.Role{
		ObjectMeta: metav1.ObjectMeta{Name: name, Namespace: project, Annotations: map[string]string{
			"kubesphere.io/creator":     "system",
			"kubesphere.io/alias-name":  alias,
			"kubesphere.io/description": about,
		}},
		Rules: rules,
	}
}

func accountName(number int) string { return fmt.Sprintf("sa-%05d", number) }

// account wishes for a role two times of three; the first binding gives it.
func account(project string, number int) *corev1.ServiceAccount {
	notes := map[string]string{
		"kubesphere.io/alias-name":  fmt.Sprintf("Service %d", number),
		"kubesphere.io/description": fmt.Sprintf("Runs part %d of the %s", number%97, []string{"shop", "pipeline", "dashboards"}[number%3]),
		"kubesphere.io/creator":     "project-regular",
	}
	if number%3 < 2 {
		notes["iam.kubesphere.io/role"] = wish(number)
	}
	return &corev1.ServiceAccount{ObjectMeta: metav1.ObjectMeta{Name: accountName(number), Namespace: project, Annotations: notes}}
}

func wish(number int) string {
	if number%2 == 0 {
		return "viewer"
	}
	return "operator"
}

// binding is one of an account's: first the role it wishes for, then the ClusterRole `view`, then roles that nobody made.
func binding(project string, number, place int) *rbacv1.RoleBinding {
	kind, role := "Role", wish(number)
	switch {
	case place == 1:
		kind, role = "ClusterRole", "view"
	case place > 1:
		role = fmt.Sprintf("extra-%d", place)
	}
	name := accountName(number)
	bound := &rbacv1.RoleBinding{
		ObjectMeta: metav1.ObjectMeta{Name: name + "-" + role, Namespace: project},
		RoleRef:    rbacv1.RoleRef{APIGroup: rbacGroup, Kind: kind, Name: role},
		Subjects:   []rbacv1.Subject{{Kind: "ServiceAccount", Name: name, Namespace: project}},
	}
	if kind == "Role" {
		bound.Labels = map[string]string{"iam.kubesphere.io/serviceaccount-ref": name}
	}
	return bound
}

// memberships has one binding for each role, so that few of a cluster's bindings are about people.
func memberships(project string, members []Member) []*rbacv1.RoleBinding {
	var all []*rbacv1.RoleBinding
	of := map[string]*rbacv1.RoleBinding{}
	for _, member := range members {
		bound := of[member.Role]
		if bound == nil {
			bound = &rbacv1.RoleBinding{
				ObjectMeta: metav1.ObjectMeta{Name: "members-" + member.Role, Namespace: project},
				RoleRef:    rbacv1.RoleRef{APIGroup: rbacGroup, Kind: "Role", Name: member.Role},
			}
			of[member.Role] = bound
			all = append(all, bound)
		}
		bound.Subjects = append(bound.Subjects, rbacv1.Subject{APIGroup: rbacGroup, Kind: "User", Name: member.Name})
	}
	return all
}

// identity lets Musterbook's account act for people in a project, as `musterbook permissions` would have it.
func identity(project, account string) *rbacv1.RoleBinding {
	const role = "musterbook-in-project"
	namespace, name, _ := strings.Cut(account, "/")
	return &rbacv1.RoleBinding{
		ObjectMeta: metav1.ObjectMeta{Name: role, Namespace: project},
		RoleRef:    rbacv1.RoleRef{APIGroup: rbacGroup, Kind: "ClusterRole", Name: role},
		Subjects:   []rbacv1.Subject{{Kind: "ServiceAccount", Name: name, Namespace: namespace}},
	}
}

func pod(project string, number, place int) *corev1.Pod {
	return &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Name: fmt.Sprintf("%s-%d", accountName(number), place), Namespace: project},
		Spec: corev1.PodSpec{
			ServiceAccountName: accountName(number),
			Containers:         []corev1.Container{{Name: "main", Image: "registry.example.com/part:1"}},
		},
	}
}

// token is filled by the controllers.
func token(project string, number int) *corev1.Secret {
	return &corev1.Secret{
		ObjectMeta: metav1.ObjectMeta{
			Name:        accountName(number) + "-token",
			Namespace:   project,
			Annotations: map[string]string{corev1.ServiceAccountNameKey: accountName(number)},
		},
		Type: corev1.SecretTypeServiceAccountToken,
	}
}
