package load

import (
	"context"
	"fmt"
	"os"
	"time"

	"golang.org/x/sync/errgroup"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/clientcmd"
)

// Changes give the accounts of a project, one after the other, another description. None comes and none goes: what a test
// waits for stays on its page.
type Changes struct {
	Kubeconfig string  `json:"kubeconfig"`
	Project    string  `json:"project"`
	PerSecond  int     `json:"perSecond"`
	Seconds    float64 `json:"seconds"`
	// Started is a file that appears when the first change was made.
	Started string `json:"started"`
}

// Changed is how many were made, and how long that took.
type Changed struct {
	Changes int     `json:"changes"`
	Seconds float64 `json:"seconds"`
}

const (
	changesAtOnce = 32
	// changed is how many accounts are changed in turn.
	changed = 2_000
)

func (c *Changes) run(ctx context.Context) (*Changed, error) {
	config, err := clientcmd.BuildConfigFromFlags("", c.Kubeconfig)
	if err != nil {
		return nil, fmt.Errorf("read the kubeconfig: %w", err)
	}
	config.QPS = -1
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		return nil, fmt.Errorf("client of the API server: %w", err)
	}
	accounts := client.CoreV1().ServiceAccounts(c.Project)
	list, err := accounts.List(ctx, metav1.ListOptions{Limit: changed})
	if err != nil {
		return nil, fmt.Errorf("list the accounts of %s: %w", c.Project, err)
	}
	if len(list.Items) == 0 {
		return nil, fmt.Errorf("%s has no accounts", c.Project)
	}
	workers, working := errgroup.WithContext(ctx)
	workers.SetLimit(changesAtOnce)
	began := time.Now()
	made := 0
	for ; working.Err() == nil && time.Since(began).Seconds() < c.Seconds; made++ {
		// By the clock and not by pauses, so that a slow moment is made up for.
		time.Sleep(time.Until(began.Add(time.Duration(made) * time.Second / time.Duration(c.PerSecond))))
		name := list.Items[made%len(list.Items)].Name
		patch := fmt.Appendf(nil, `{"metadata":{"annotations":{"kubesphere.io/description":"Change %d"}}}`, made)
		workers.Go(func() error {
			_, err := accounts.Patch(working, name, types.MergePatchType, patch, metav1.PatchOptions{})
			return err
		})
		if made == 0 {
			if err := announce(c.Started); err != nil {
				return nil, err
			}
		}
	}
	if err := workers.Wait(); err != nil {
		return nil, fmt.Errorf("change an account of %s: %w", c.Project, err)
	}
	return &Changed{Changes: made, Seconds: time.Since(began).Seconds()}, nil
}

// announce makes an empty file, if one is asked for.
func announce(file string) error {
	if file == "" {
		return nil
	}
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		return fmt.Errorf("tell that it began: %w", err)
	}
	return nil
}
