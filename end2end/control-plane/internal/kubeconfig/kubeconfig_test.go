package kubeconfig

import (
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"k8s.io/client-go/tools/clientcmd"
)

func TestAKubeconfigSignsInAsItsIdentity(t *testing.T) {
	file := filepath.Join(t.TempDir(), "ci.kubeconfig")
	cluster := Cluster{Server: "https://127.0.0.1:6443", Authority: []byte("authority")}
	for _, token := range []string{"first", "second"} { // the second replaces the first
		if err := Write(file, New(cluster, Identity{Name: "ci", Namespace: "demo", Token: token})); err != nil {
			t.Fatal(err)
		}
	}
	loaded, err := clientcmd.LoadFromFile(file)
	if err != nil {
		t.Fatal(err)
	}
	client := clientcmd.NewDefaultClientConfig(*loaded, nil)
	config, err := client.ClientConfig()
	if err != nil {
		t.Fatal(err)
	}
	if config.Host != cluster.Server || string(config.CAData) != "authority" || config.BearerToken != "second" {
		t.Errorf("signs in to %s with %q, trusting %q", config.Host, config.BearerToken, config.CAData)
	}
	if config.Insecure {
		t.Error("skips verification")
	}
	if namespace, _, _ := client.Namespace(); namespace != "demo" {
		t.Errorf("namespace is %q", namespace)
	}
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
}

func TestOrders(t *testing.T) {
	orders, err := ParseOrders([]string{"demo/ci=/tmp/a=b"})
	if want := []Order{{"demo", "ci", "/tmp/a=b"}}; err != nil || !reflect.DeepEqual(orders, want) {
		t.Errorf("got %+v, %v", orders, err)
	}
	for _, wrong := range []string{"", "demo/ci", "ci=file", "/ci=file", "demo/=file", "demo/ci="} {
		if _, err := ParseOrders([]string{wrong}); err == nil {
			t.Errorf("%q was taken", wrong)
		}
	}
}
