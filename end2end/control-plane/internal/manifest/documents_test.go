package manifest

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

func TestDocumentsComeInOrderWithoutTheEmptyOnes(t *testing.T) {
	objects, err := Documents([]byte(`# only a comment
---
apiVersion: v1
kind: Namespace
metadata: {name: demo}
---
---
apiVersion: v1
kind: ServiceAccount
metadata:
  name: ci
  namespace: demo
  annotations:
    note: |
      --- not a border
`))
	if err != nil {
		t.Fatal(err)
	}
	var titles []string
	for _, object := range objects {
		titles = append(titles, title(object))
	}
	if want := []string{"Namespace demo", "ServiceAccount demo/ci"}; !reflect.DeepEqual(titles, want) {
		t.Errorf("got %q, want %q", titles, want)
	}
}

func TestABadDocumentIsNamedByItsNumber(t *testing.T) {
	good := "apiVersion: v1\nkind: Namespace\nmetadata: {name: demo}\n---\n"
	for name, bad := range map[string]string{
		"a key twice": "apiVersion: v1\nkind: Secret\nmetadata: {name: a, name: b}\n",
		"no kind":     "apiVersion: v1\nmetadata: {name: a}\n",
		"no name":     "apiVersion: v1\nkind: Secret\n",
		"a list":      "apiVersion: v1\nkind: List\nitems: []\n",
		"no YAML":     "a: b: c\n",
	} {
		if _, err := Documents([]byte(good + bad)); err == nil || !strings.Contains(err.Error(), "document 2") {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

// The files that the program is made for must at least be readable.
func TestTheSampleAndThePolicyCanBeRead(t *testing.T) {
	files, err := filepath.Glob("../../../sample/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no sample files: %v", err)
	}
	for _, file := range append(files, "../../../../deploy/policy.yaml") {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		seen := map[string]bool{}
		objects, err := Documents(text)
		if err != nil {
			t.Errorf("%s: %v", file, err)
		}
		for _, object := range objects {
			if name := title(object); seen[name] {
				t.Errorf("%s: %s is there twice", file, name)
			} else {
				seen[name] = true
			}
		}
	}
}
