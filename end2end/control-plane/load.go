package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"

	"musterbook.dev/control-plane/internal/load"
)

// loadCommand makes the load that standard input describes, and writes what it measured. Both are JSON: cookies have no place
// in a command line, which everybody on the machine can read.
func loadCommand(ctx context.Context, in io.Reader, here *terminal) error {
	var job load.Job
	decoder := json.NewDecoder(in)
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&job); err != nil {
		return fmt.Errorf("read what to do from standard input: %w", err)
	}
	measured, err := job.Run(ctx)
	if err != nil {
		return err
	}
	return json.NewEncoder(here.out).Encode(measured)
}
