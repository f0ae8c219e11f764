package kubeconfig

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	authenticationv1 "k8s.io/api/authentication/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
)

// tokenLife is what is asked for. The server may give less.
const tokenLife = 30 * 24 * time.Hour

// Order asks for a kubeconfig of an account, to be written to a file.
type Order struct {
	Namespace, Account, File string
}

// ParseOrders reads orders written as NAMESPACE/ACCOUNT=FILE.
func ParseOrders(texts []string) ([]Order, error) {
	var orders []Order
	for _, text := range texts {
		name, file, written := strings.Cut(text, "=")
		namespace, account, whole := strings.Cut(name, "/")
		if !written || !whole || namespace == "" || account == "" || file == "" {
			return nil, fmt.Errorf("--issue wants NAMESPACE/ACCOUNT=FILE, not %q", text)
		}
		orders = append(orders, Order{Namespace: namespace, Account: account, File: file})
	}
	return orders, nil
}

// Issue asks the cluster for a token of the account, and writes the kubeconfig.
func Issue(ctx context.Context, config *rest.Config, order Order) error {
	fail := func(err error) error {
		return fmt.Errorf("issue a kubeconfig for %s/%s: %w", order.Namespace, order.Account, err)
	}
	cluster, err := clusterOf(config)
	if err != nil {
		return fail(err)
	}
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		return fail(err)
	}
	seconds := int64(tokenLife.Seconds())
	wish := &authenticationv1.TokenRequest{Spec: authenticationv1.TokenRequestSpec{ExpirationSeconds: &seconds}}
	issued, err := client.CoreV1().ServiceAccounts(order.Namespace).
		CreateToken(ctx, order.Account, wish, metav1.CreateOptions{})
	if err != nil {
		return fail(err)
	}
	identity := Identity{Name: order.Account, Namespace: order.Namespace, Token: issued.Status.Token}
	if err := Write(order.File, New(cluster, identity)); err != nil {
		return fail(err)
	}
	return nil
}

// clusterOf takes address and authority from the configuration of a client.
func clusterOf(config *rest.Config) (Cluster, error) {
	config = rest.CopyConfig(config)
	if err := rest.LoadTLSFiles(config); err != nil {
		return Cluster{}, fmt.Errorf("read the authority: %w", err)
	}
	if len(config.CAData) == 0 {
		return Cluster{}, errors.New("the client's own kubeconfig has no certificate authority")
	}
	return Cluster{Server: config.Host, Authority: config.CAData}, nil
}
