package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/pflag"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"

	"musterbook.dev/control-plane/internal/kubeconfig"
	"musterbook.dev/control-plane/internal/manifest"
)

// applyCommand brings files into a cluster that is running.
func applyCommand(ctx context.Context, args []string, here *terminal) error {
	flags := pflag.NewFlagSet("apply", pflag.ContinueOnError)
	flags.Usage = func() {}
	file := flags.String("kubeconfig", "", "")
	texts := flags.StringArray("issue", nil, "")
	err := flags.Parse(args)
	if errors.Is(err, pflag.ErrHelp) {
		fmt.Fprint(here.out, usage)
		return nil
	}
	if err != nil {
		return err
	}
	orders, err := kubeconfig.ParseOrders(*texts)
	if err != nil {
		return err
	}
	config, err := unthrottled(*file)
	if err != nil {
		return err
	}
	if err := prepare(ctx, config, flags.Args(), orders); err != nil {
		return err
	}
	fmt.Fprintf(here.out, "applied %d files, wrote %d kubeconfigs\n", flags.NArg(), len(orders))
	return nil
}

// unthrottled reads a kubeconfig for a client that asks as fast as it is answered.
func unthrottled(file string) (*rest.Config, error) {
	if file == "" {
		return nil, errors.New("this needs --kubeconfig FILE")
	}
	config, err := clientcmd.BuildConfigFromFlags("", file)
	if err != nil {
		return nil, fmt.Errorf("read the kubeconfig: %w", err)
	}
	config.QPS = -1
	return config, nil
}

// prepare applies the files in their order, then writes the kubeconfigs.
func prepare(ctx context.Context, config *rest.Config, files []string, orders []kubeconfig.Order) error {
	if len(files) > 0 {
		applier, err := manifest.NewApplier(config)
		if err != nil {
			return err
		}
		for _, file := range files {
			if err := applier.ApplyFile(ctx, file); err != nil {
				return err
			}
		}
	}
	for _, order := range orders {
		if err := kubeconfig.Issue(ctx, config, order); err != nil {
			return err
		}
	}
	return nil
}
