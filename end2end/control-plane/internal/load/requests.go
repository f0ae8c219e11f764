package load

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"
)

// Requests are the same request, again and again.
type Requests struct {
	URL     string            `json:"url"`
	Method  string            `json:"method"`
	Headers map[string]string `json:"headers"`
	Body    string            `json:"body"`
	Person  *Person           `json:"person"`
	// AtOnce is how many are under way.
	AtOnce int `json:"atOnce"`
	// Warmup requests come first and aren't counted.
	Warmup int `json:"warmup"`
	// Count or Seconds: when it ends.
	Count   int     `json:"count"`
	Seconds float64 `json:"seconds"`
}

// Measured is what requests took, from the first byte sent to the last byte received.
type Measured struct {
	Millis  []float64 `json:"millis"` // sorted
	Seconds float64   `json:"seconds"`
	// Bytes of the last answer's body, as it was sent.
	Bytes int `json:"bytes"`
	// Sample is the start of the last answer's body.
	Sample string `json:"sample"`
}

const sampled = 200

func (r *Requests) run(ctx context.Context) (*Measured, error) {
	atOnce := max(r.AtOnce, 1)
	transport, err := transport(r.Person, atOnce)
	if err != nil {
		return nil, err
	}
	client := &http.Client{Transport: transport, CheckRedirect: func(*http.Request, []*http.Request) error {
		return http.ErrUseLastResponse
	}}
	if _, err := r.repeat(ctx, client, atOnce, r.Warmup, time.Time{}); err != nil {
		return nil, err
	}
	began := time.Now()
	var end time.Time
	if r.Seconds > 0 {
		end = began.Add(time.Duration(r.Seconds * float64(time.Second)))
	}
	measured, err := r.repeat(ctx, client, atOnce, r.Count, end)
	if err != nil {
		return nil, err
	}
	measured.Seconds = time.Since(began).Seconds()
	slices.Sort(measured.Millis)
	return measured, nil
}

// repeat asks until count or end is reached. Each worker has its own buffer: the client shouldn't be what is measured.
func (r *Requests) repeat(ctx context.Context, client *http.Client, atOnce, count int, end time.Time) (*Measured, error) {
	all := &Measured{}
	parts := make([]Measured, atOnce)
	workers, ctx := errgroup.WithContext(ctx)
	for number := range atOnce {
		workers.Go(func() error {
			var body bytes.Buffer
			part := &parts[number]
			for asked := number; end.IsZero() && asked < count || !end.IsZero() && time.Now().Before(end); asked += atOnce {
				began := time.Now()
				if err := r.ask(ctx, client, &body); err != nil {
					return err
				}
				part.Millis = append(part.Millis, float64(time.Since(began).Nanoseconds())/1e6)
			}
			part.Bytes, part.Sample = body.Len(), string(body.Bytes()[:min(sampled, body.Len())])
			return nil
		})
	}
	if err := workers.Wait(); err != nil {
		return nil, err
	}
	for _, part := range parts {
		all.Millis = append(all.Millis, part.Millis...)
		all.Bytes, all.Sample = max(all.Bytes, part.Bytes), part.Sample
	}
	return all, nil
}

// ask reads the answer to its end. Any status but 200 ends the load: an error page is quick.
func (r *Requests) ask(ctx context.Context, client *http.Client, body *bytes.Buffer) error {
	request, err := http.NewRequestWithContext(ctx, r.Method, r.URL, strings.NewReader(r.Body))
	if err != nil {
		return err
	}
	for name, value := range r.Headers {
		request.Header.Set(name, value)
	}
	response, err := client.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	body.Reset()
	if _, err := io.Copy(body, response.Body); err != nil {
		return fmt.Errorf("read the answer of %s: %w", r.URL, err)
	}
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("%s answers %s: %.200s", r.URL, response.Status, body.String())
	}
	return nil
}
