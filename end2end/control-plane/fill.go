package main

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"musterbook.dev/control-plane/internal/filling"
)

// fillCommand puts many projects and accounts into a cluster that is running.
func fillCommand(ctx context.Context, args []string, here *terminal) error {
	file, plan, err := parseFill(args)
	if errors.Is(err, pflag.ErrHelp) {
		fmt.Fprint(here.out, usage)
		return nil
	}
	if err != nil {
		return err
	}
	config, err := unthrottled(file)
	if err != nil {
		return err
	}
	began := time.Now()
	made, err := filling.Fill(ctx, config, plan)
	if err != nil {
		return err
	}
	took := time.Since(began)
	fmt.Fprintf(here.out, "%s in %.1f s, %.0f a second\n", made, took.Seconds(), float64(made.Sum())/took.Seconds())
	return nil
}

// parseFill reads the flags of `fill`. Bindings and pods follow from the accounts unless they are given.
func parseFill(args []string) (file string, plan filling.Plan, err error) {
	var single, members []string
	flags := pflag.NewFlagSet("fill", pflag.ContinueOnError)
	flags.Usage = func() {}
	flags.StringVar(&file, "kubeconfig", "", "")
	flags.IntVar(&plan.Accounts, "accounts", 0, "")
	flags.IntVar(&plan.Projects, "projects", 1, "")
	flags.IntVar(&plan.Bindings, "bindings", -1, "")
	flags.IntVar(&plan.Pods, "pods", -1, "")
	flags.StringArrayVar(&single, "one-project", nil, "")
	flags.StringArrayVar(&members, "members", nil, "")
	flags.IntVar(&plan.MembersIn, "members-in", 50, "")
	flags.StringVar(&plan.Identity, "identity", "", "")
	if err := flags.Parse(args); err != nil {
		return file, plan, err
	}
	if flags.NArg() > 0 || plan.Accounts < 0 || plan.Projects < 1 {
		return file, plan, errors.New("fill wants --accounts N and --projects P, at least one project")
	}
	for _, text := range single {
		name, number, _ := strings.Cut(text, "=")
		accounts, err := strconv.Atoi(number)
		if err != nil || name == "" || accounts < 0 {
			return file, plan, fmt.Errorf("--one-project wants NAME=NUMBER, not %q", text)
		}
		plan.Single = append(plan.Single, filling.Single{Project: name, Accounts: accounts})
	}
	for _, text := range members {
		names, role, written := strings.Cut(text, "=")
		if !written || names == "" || role == "" {
			return file, plan, fmt.Errorf("--members wants NAME,...=ROLE, not %q", text)
		}
		for name := range strings.SplitSeq(names, ",") {
			plan.Members = append(plan.Members, filling.Member{Name: name, Role: role})
		}
	}
	if plan.Identity != "" && !strings.Contains(plan.Identity, "/") {
		return file, plan, fmt.Errorf("--identity wants NAMESPACE/ACCOUNT, not %q", plan.Identity)
	}
	plan.Complete()
	return file, plan, nil
}
