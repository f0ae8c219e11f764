package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/pflag"

	"musterbook.dev/control-plane/internal/kubesphere"
)

// kubesphereCommand stands in for KubeSphere's controllers until it is told to stop.
func kubesphereCommand(ctx context.Context, args []string, here *terminal) error {
	var options kubesphere.Options
	flags := pflag.NewFlagSet("kubesphere", pflag.ContinueOnError)
	flags.Usage = func() {}
	file := flags.String("kubeconfig", "", "")
	version := flags.String("version", "", "")
	flags.StringArrayVar(&options.Projects, "project", nil, "")
	flags.DurationVar(&options.Pause, "pause", 0, "")
	stopWithStdin := flags.Bool("stop-with-stdin", false, "")
	err := flags.Parse(args)
	if errors.Is(err, pflag.ErrHelp) {
		fmt.Fprint(here.out, usage)
		return nil
	}
	if err != nil {
		return err
	}
	if options.Version, err = kubesphere.ParseVersion(*version); err != nil {
		return err
	}
	config, err := unthrottled(*file)
	if err != nil {
		return err
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	if *stopWithStdin {
		go func() {
			_, _ = io.Copy(io.Discard, os.Stdin)
			stop()
		}()
	}
	if err := kubesphere.Start(ctx, config, options); err != nil {
		return unlessStopped(ctx, err)
	}
	fmt.Fprintf(here.out, "KubeSphere %s is played\n", options.Version)
	<-ctx.Done()
	return nil
}
