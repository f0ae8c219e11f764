package cluster

import (
	"context"
	"fmt"
	"net/http"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
)

const (
	readyPoll     = 25 * time.Millisecond
	readyPatience = 2 * time.Minute
	// askPatience is short because a question asked before the server listens gets no answer.
	askPatience = 2 * time.Second
)

// waitForAPIServer waits until the API server calls itself ready, over a connection that is verified as any client's.
func (p *Plane) waitForAPIServer(ctx context.Context) error {
	client, err := rest.HTTPClientFor(p.admin)
	if err != nil {
		return fmt.Errorf("client of the API server: %w", err)
	}
	defer client.CloseIdleConnections()
	return p.waitUntil(ctx, "the API server isn't ready", func(ctx context.Context) (bool, error) {
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, p.admin.Host+"/readyz", nil)
		if err != nil {
			return false, err
		}
		response, err := client.Do(request)
		if err != nil {
			return false, nil
		}
		response.Body.Close()
		return response.StatusCode == http.StatusOK, nil
	})
}

// waitForControllers waits until they have given the namespace `default` its account.
func (p *Plane) waitForControllers(ctx context.Context) error {
	client, err := kubernetes.NewForConfig(p.admin)
	if err != nil {
		return fmt.Errorf("client of the API server: %w", err)
	}
	return p.waitUntil(ctx, "the controllers haven't made the account default/default", func(ctx context.Context) (bool, error) {
		_, err := client.CoreV1().ServiceAccounts("default").Get(ctx, "default", metav1.GetOptions{})
		if apierrors.IsUnauthorized(err) || apierrors.IsForbidden(err) {
			return false, err
		}
		return err == nil, nil
	})
}

// waitUntil asks until the answer is yes, a part fails, the time is over or the context ends.
func (p *Plane) waitUntil(ctx context.Context, complaint string, ask func(context.Context) (bool, error)) error {
	deadline := time.After(readyPatience)
	tick := time.NewTicker(readyPoll)
	defer tick.Stop()
	for {
		asking, cancel := context.WithTimeout(ctx, askPatience)
		yes, err := ask(asking)
		cancel()
		if err != nil {
			return fmt.Errorf("%s: %w", complaint, err)
		}
		if yes {
			return nil
		}
		select {
		case err := <-p.failed:
			return err
		case <-ctx.Done():
			return ctx.Err()
		case <-deadline:
			return fmt.Errorf("%s after %s", complaint, readyPatience)
		case <-tick.C:
		}
	}
}
