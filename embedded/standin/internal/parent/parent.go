// Package parent tells a plugin when the engine that started it is gone.
package parent

import (
	"os"
	"time"
)

// interval is how long a plugin may outlive an engine that was killed.
const interval = 500 * time.Millisecond

// OnDeath calls gone once the process that started this one has ended.
//
// An engine that is stopped in order closes its plugins itself; one that gets SIGKILL cannot. The kernel then
// gives its children another parent, which is the same on Linux and macOS, whatever thread started the child
// (Linux's parent-death signal fires when the starting *thread* ends, which Go does not promise to keep).
func OnDeath(gone func()) {
	engine := os.Getppid()
	go func() {
		for os.Getppid() == engine {
			time.Sleep(interval)
		}
		gone()
	}()
}
