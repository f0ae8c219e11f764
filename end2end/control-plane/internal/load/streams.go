package load

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"
)

// Streams are server-sent events that somebody listens to and does nothing else: tabs in the background.
type Streams struct {
	// URLs are opened in turn, with the cookies in turn.
	URLs    []string          `json:"urls"`
	Cookies []string          `json:"cookies"`
	Headers map[string]string `json:"headers"`
	Count   int               `json:"count"`
	// Seconds is how long they stay open once all of them are, if it isn't told to stop before.
	Seconds float64 `json:"seconds"`
	// AllOpen is a file that appears when all are open: whoever watches the server begins then.
	AllOpen string `json:"allOpen"`
}

// Heard is what came.
type Heard struct {
	OpenedIn float64 `json:"openedIn"`
	Events   int64   `json:"events"`
	// Ended is how many the server ended.
	Ended int64 `json:"ended"`
}

// openingAtOnce keeps the server's queue of new connections from overflowing.
const openingAtOnce = 50

func (s *Streams) run(ctx context.Context) (*Heard, error) {
	if len(s.URLs) == 0 || len(s.Cookies) == 0 {
		return nil, errors.New("streams need urls and cookies")
	}
	listening, stop := context.WithCancel(ctx)
	defer stop()
	client := &http.Client{Transport: &http.Transport{DisableCompression: true}}
	heard := &Heard{}
	began := time.Now()
	opening, _ := errgroup.WithContext(ctx)
	opening.SetLimit(openingAtOnce)
	for number := range s.Count {
		opening.Go(func() error {
			return s.open(listening, client, number, heard)
		})
	}
	if err := opening.Wait(); err != nil {
		return nil, err
	}
	heard.OpenedIn = time.Since(began).Seconds()
	if err := announce(s.AllOpen); err != nil {
		return nil, err
	}
	select {
	case <-time.After(time.Duration(s.Seconds * float64(time.Second))):
	case <-ctx.Done():
	}
	return &Heard{OpenedIn: heard.OpenedIn, Events: atomic.LoadInt64(&heard.Events), Ended: atomic.LoadInt64(&heard.Ended)}, nil
}

// open returns when the stream is open, and goes on listening.
func (s *Streams) open(ctx context.Context, client *http.Client, number int, heard *Heard) error {
	url := s.URLs[number%len(s.URLs)]
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	for name, value := range s.Headers {
		request.Header.Set(name, value)
	}
	request.Header.Set("cookie", s.Cookies[number%len(s.Cookies)])
	response, err := client.Do(request)
	if err != nil {
		return err
	}
	if response.StatusCode != http.StatusOK || !strings.HasPrefix(response.Header.Get("content-type"), "text/event-stream") {
		response.Body.Close()
		return fmt.Errorf("%s is no stream: %s", url, response.Status)
	}
	go func() {
		defer response.Body.Close()
		lines := bufio.NewScanner(response.Body)
		for lines.Scan() {
			if strings.HasPrefix(lines.Text(), "data:") {
				atomic.AddInt64(&heard.Events, 1)
			}
		}
		if ctx.Err() == nil {
			atomic.AddInt64(&heard.Ended, 1)
		}
	}()
	return nil
}
