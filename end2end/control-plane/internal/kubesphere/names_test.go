package kubesphere

import (
	"reflect"
	"testing"

	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

func TestABindingIsAsKubeSphereMakesIt(t *testing.T) {
	account := &corev1.ServiceAccount{ObjectMeta: metav1.ObjectMeta{Name: "ci", Namespace: "demo", UID: "u1"}}
	yes := true
	for version, role := range map[Version]string{V3: "viewer", V4: "kubesphere:iam:viewer"} {
		want := &rbacv1.RoleBinding{
			ObjectMeta: metav1.ObjectMeta{
				GenerateName: "ci-viewer-",
				Namespace:    "demo",
				Labels:       map[string]string{"iam.kubesphere.io/serviceaccount-ref": "ci"},
				OwnerReferences: []metav1.OwnerReference{{
					APIVersion: "v1", Kind: "ServiceAccount", Name: "ci", UID: "u1", Controller: &yes, BlockOwnerDeletion: &yes,
				}},
			},
			RoleRef:  rbacv1.RoleRef{APIGroup: "rbac.authorization.k8s.io", Kind: "Role", Name: role},
			Subjects: []rbacv1.Subject{{Kind: "ServiceAccount", Name: "ci", Namespace: "demo"}},
		}
		if got := version.binding(account, "viewer"); !reflect.DeepEqual(got, want) {
			t.Errorf("%s makes %+v", version, got)
		}
	}
}

func TestKubeSphere4WantsItsMarkOnARole(t *testing.T) {
	marked := &rbacv1.Role{ObjectMeta: metav1.ObjectMeta{Labels: map[string]string{"iam.kubesphere.io/role-ref": "viewer"}}}
	for _, check := range []struct {
		version Version
		role    *rbacv1.Role
		want    bool
	}{{V3, &rbacv1.Role{}, true}, {V4, &rbacv1.Role{}, false}, {V4, marked, true}} {
		if got := check.version.accepts(check.role, "viewer"); got != check.want {
			t.Errorf("%s and labels %v: %t", check.version, check.role.Labels, got)
		}
	}
	if V4.accepts(marked, "admin") {
		t.Error("the mark of another role counts")
	}
}

func TestAMirrorHasTheRulesAndTheMark(t *testing.T) {
	rules := []rbacv1.PolicyRule{{Verbs: []string{"get"}, APIGroups: []string{""}, Resources: []string{"pods"}}}
	role := &iamRole{ObjectMeta: metav1.ObjectMeta{Name: "viewer", Namespace: "demo", UID: "u1"}, Rules: rules}
	got := role.mirror()
	if got.Name != "kubesphere:iam:viewer" || !V4.accepts(got, "viewer") || !reflect.DeepEqual(got.Rules, rules) {
		t.Errorf("got %+v", got)
	}
	if len(got.OwnerReferences) != 1 || got.OwnerReferences[0].UID != "u1" {
		t.Errorf("isn't deleted with its role: %+v", got.OwnerReferences)
	}
}

func TestOnlyProjectRolesBecomeKubeSpheresOwn(t *testing.T) {
	with := func(labels, notes map[string]string) *rbacv1.Role {
		return &rbacv1.Role{ObjectMeta: metav1.ObjectMeta{Name: "r", Namespace: "demo", Labels: labels, Annotations: notes}}
	}
	creator := map[string]string{"kubesphere.io/creator": "system", "kubesphere.io/description": "Looks"}
	for name, role := range map[string]*rbacv1.Role{
		"nobody made it": with(nil, nil),
		"a template":     with(map[string]string{"iam.kubesphere.io/role-template": "true"}, creator),
		"a mirror":       with(map[string]string{"iam.kubesphere.io/role-ref": "x"}, creator),
	} {
		if own := ownOf(role); own != nil {
			t.Errorf("%s: became %+v", name, own)
		}
	}
	own := ownOf(with(nil, creator))
	if own == nil || own.Annotations["kubesphere.io/description"] != `{"en":"Looks"}` {
		t.Errorf("got %+v", own)
	}
}

func TestVersionsAreNamed(t *testing.T) {
	if _, err := ParseVersion("v5"); err == nil {
		t.Error("v5 is taken")
	}
	if version, err := ParseVersion("v4"); version != V4 || err != nil {
		t.Errorf("v4 is %q, %v", version, err)
	}
}
