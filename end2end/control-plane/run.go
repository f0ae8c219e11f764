package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/pflag"
	"k8s.io/klog/v2"

	"musterbook.dev/control-plane/internal/cluster"
	"musterbook.dev/control-plane/internal/kubeconfig"
)

// runOptions is what `run` was asked to do.
type runOptions struct {
	dir           string
	apply         []string
	issue         []kubeconfig.Order
	audit         cluster.Audit
	stopWithStdin bool
}

// readyLine is the only line that `run` writes to standard output.
type readyLine struct {
	Ready      bool    `json:"ready"`
	Kubeconfig string  `json:"kubeconfig"`
	Server     string  `json:"server"`
	Audit      string  `json:"audit,omitempty"`
	Seconds    float64 `json:"seconds"`
}

// runCommand runs the control plane until it is told to stop, or until a part of it fails.
func runCommand(ctx context.Context, args []string, here *terminal) error {
	options, err := parseRun(args)
	if errors.Is(err, pflag.ErrHelp) {
		fmt.Fprint(here.out, usage)
		return nil
	}
	if err != nil {
		return err
	}
	release, err := claim(options.dir)
	if err != nil {
		return err
	}
	defer release()

	logFile := filepath.Join(options.dir, "control-plane.log")
	if here.err, err = redirectStandardError(logFile); err != nil {
		return err
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	if options.stopWithStdin {
		go func() {
			_, _ = io.Copy(io.Discard, os.Stdin)
			stop()
		}()
	}
	// A part that gives up calls os.Exit through klog. Say so, unless it is only a part that was told to stop.
	klog.OsExit = func(code int) {
		if ctx.Err() != nil {
			select {}
		}
		here.complain(fmt.Errorf("a part of it gave up, see %s", logFile))
		os.Exit(code)
	}

	if err := serve(ctx, options, here); err != nil {
		return fmt.Errorf("%w (log: %s)", err, logFile)
	}
	return nil
}

// serve starts the control plane, brings in what was asked for, says that it is ready, and waits for the end. Being told to
// stop is no error, however far it had come.
func serve(ctx context.Context, options runOptions, here *terminal) error {
	began := time.Now()
	plane, err := cluster.Start(ctx, cluster.Options{Dir: options.dir, Audit: options.audit})
	if err != nil {
		return unlessStopped(ctx, err)
	}
	defer plane.Stop()

	// A part that fails from here on ends the preparations too.
	working, fail := context.WithCancelCause(ctx)
	defer fail(nil)
	go func() { fail(<-plane.Failed()) }()

	err = prepare(working, plane.Admin(), options.apply, options.issue)
	if err == nil {
		err = sayReady(plane, time.Since(began), here)
	}
	if err == nil {
		<-working.Done()
	}
	if working.Err() != nil {
		err = context.Cause(working)
	}
	return unlessStopped(ctx, err)
}

// sayReady writes the line that whoever started this program waits for.
func sayReady(plane *cluster.Plane, took time.Duration, here *terminal) error {
	err := json.NewEncoder(here.out).Encode(readyLine{
		Ready:      true,
		Kubeconfig: plane.AdminKubeconfig(),
		Server:     plane.Admin().Host,
		Audit:      plane.AuditLog(),
		Seconds:    math.Round(took.Seconds()*10) / 10,
	})
	if err != nil {
		return fmt.Errorf("say that it is ready: %w", err)
	}
	return nil
}

// unlessStopped drops an error that is only the echo of being told to stop.
func unlessStopped(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return nil
	}
	return err
}

// parseRun reads the flags of `run`.
func parseRun(args []string) (runOptions, error) {
	var options runOptions
	var orders []string
	var audit, auditAll bool
	flags := pflag.NewFlagSet("run", pflag.ContinueOnError)
	flags.Usage = func() {}
	flags.StringVar(&options.dir, "dir", "", "")
	flags.StringArrayVar(&options.apply, "apply", nil, "")
	flags.StringArrayVar(&orders, "issue", nil, "")
	flags.BoolVar(&audit, "audit", false, "")
	flags.BoolVar(&auditAll, "audit-all", false, "")
	flags.BoolVar(&options.stopWithStdin, "stop-with-stdin", false, "")
	if err := flags.Parse(args); err != nil {
		return options, err
	}
	if flags.NArg() > 0 {
		return options, fmt.Errorf("run takes no arguments, but got %q", flags.Arg(0))
	}
	if options.dir == "" {
		return options, errors.New("run needs --dir DIR")
	}
	switch {
	case auditAll:
		options.audit = cluster.AuditAll
	case audit:
		options.audit = cluster.AuditOthers
	}
	var err error
	if options.dir, err = filepath.Abs(options.dir); err != nil {
		return options, fmt.Errorf("--dir: %w", err)
	}
	options.issue, err = kubeconfig.ParseOrders(orders)
	return options, err
}
