// Package manifest brings YAML files into a cluster, document by document, with server-side apply.
package manifest

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	utilyaml "k8s.io/apimachinery/pkg/util/yaml"
	"sigs.k8s.io/yaml"
)

// Documents reads the objects of a multi-document YAML text, in their order. Empty documents are skipped; keys that are
// written twice are an error, since one of them would be lost silently.
func Documents(text []byte) ([]*unstructured.Unstructured, error) {
	var objects []*unstructured.Unstructured
	reader := utilyaml.NewYAMLReader(bufio.NewReader(bytes.NewReader(text)))
	for number := 1; ; number++ {
		document, err := reader.Read()
		if errors.Is(err, io.EOF) {
			return objects, nil
		}
		if err != nil {
			return nil, fmt.Errorf("document %d: %w", number, err)
		}
		object, err := parse(document)
		if err != nil {
			return nil, fmt.Errorf("document %d: %w", number, err)
		}
		if object != nil {
			objects = append(objects, object)
		}
	}
}

// parse reads one object, or nil where the document holds nothing but comments.
func parse(document []byte) (*unstructured.Unstructured, error) {
	converted, err := yaml.YAMLToJSONStrict(document)
	if err != nil {
		return nil, err
	}
	if bytes.Equal(bytes.TrimSpace(converted), []byte("null")) {
		return nil, nil
	}
	object := &unstructured.Unstructured{}
	if err := object.UnmarshalJSON(converted); err != nil {
		return nil, err
	}
	if object.IsList() {
		return nil, errors.New("is a list: write its items as documents")
	}
	if object.GetName() == "" {
		return nil, fmt.Errorf("%s has no name", object.GetKind())
	}
	return object, nil
}

// title names an object in errors.
func title(object *unstructured.Unstructured) string {
	if namespace := object.GetNamespace(); namespace != "" {
		return fmt.Sprintf("%s %s/%s", object.GetKind(), namespace, object.GetName())
	}
	return fmt.Sprintf("%s %s", object.GetKind(), object.GetName())
}
