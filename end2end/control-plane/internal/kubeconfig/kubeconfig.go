// Package kubeconfig writes the files that clients sign in with.
package kubeconfig

import (
	"fmt"
	"os"
	"path/filepath"

	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/client-go/tools/clientcmd/api"
)

// Cluster is the address of the API server and the authority it is verified by, in PEM.
type Cluster struct {
	Server    string
	Authority []byte
}

// Identity is who signs in: with a certificate and its key, or with a token.
type Identity struct {
	Name      string
	Namespace string
	Cert, Key []byte
	Token     string
}

const clusterName = "musterbook-control-plane"

// New puts cluster and identity together. Everything is embedded: the file works wherever the address does.
func New(cluster Cluster, identity Identity) *api.Config {
	config := api.NewConfig()
	config.Clusters[clusterName] = &api.Cluster{Server: cluster.Server, CertificateAuthorityData: cluster.Authority}
	config.AuthInfos[identity.Name] = &api.AuthInfo{
		ClientCertificateData: identity.Cert,
		ClientKeyData:         identity.Key,
		Token:                 identity.Token,
	}
	context := identity.Name + "@" + clusterName
	config.Contexts[context] = &api.Context{Cluster: clusterName, AuthInfo: identity.Name, Namespace: identity.Namespace}
	config.CurrentContext = context
	return config
}

// Write writes the file at once and whole, readable by its owner only.
func Write(file string, config *api.Config) error {
	text, err := clientcmd.Write(*config)
	if err != nil {
		return fmt.Errorf("write %s: %w", file, err)
	}
	// CreateTemp makes the file with mode 0600.
	draft, err := os.CreateTemp(filepath.Dir(file), "."+filepath.Base(file)+"-*")
	if err != nil {
		return fmt.Errorf("write %s: %w", file, err)
	}
	defer os.Remove(draft.Name())
	_, err = draft.Write(text)
	if closing := draft.Close(); err == nil {
		err = closing
	}
	if err == nil {
		err = os.Rename(draft.Name(), file)
	}
	if err != nil {
		return fmt.Errorf("write %s: %w", file, err)
	}
	return nil
}
