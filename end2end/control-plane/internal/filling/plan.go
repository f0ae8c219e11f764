// Package filling makes a cluster large: projects, accounts with their roles, bindings, pods and token Secrets, under names
// that are the same each time. What is there already is left alone.
package filling

import "fmt"

// Plan is how large.
type Plan struct {
	// Accounts are spread over Projects in blocks, so that the first projects look the same in a cluster of any size.
	Accounts, Projects int
	// Bindings and Pods are totals, given to the accounts in turn.
	Bindings, Pods int
	Single         []Single
	Members        []Member
	// MembersIn is how many projects the members are in, evenly spread. They are in each of Single, too.
	MembersIn int
	// Identity is Musterbook's own account (NAMESPACE/ACCOUNT), which may then act for the members where they are.
	Identity string
}

// Single is a project with a number of accounts of its own.
type Single struct {
	Project  string
	Accounts int
}

// Member is a person with a role of the projects.
type Member struct {
	Name, Role string
}

// mostPods is how many pods come by themselves: with each more, the API server of a small machine gets slower, and no figure
// depends on them.
const mostPods = 20_000

// Complete puts in what was not given (below zero): five bindings for two accounts, a pod for each.
func (p *Plan) Complete() {
	if p.Bindings < 0 {
		p.Bindings = p.all() * 5 / 2
	}
	if p.Pods < 0 {
		p.Pods = min(p.all(), mostPods)
	}
}

func (p *Plan) all() int {
	all := p.Accounts
	for _, single := range p.Single {
		all += single.Accounts
	}
	return all
}

// project is a namespace and whose accounts are in it: those numbered from first to before end.
type project struct {
	name       string
	number     int
	first, end int
	hasMembers bool
}

func (p *Plan) projects() []project {
	var all []project
	for number := range p.Projects {
		all = append(all, project{
			name:       fmt.Sprintf("bench-%04d", number),
			number:     number,
			first:      number * p.Accounts / p.Projects,
			end:        (number + 1) * p.Accounts / p.Projects,
			hasMembers: p.membersAreIn(number),
		})
	}
	next := p.Accounts
	for _, single := range p.Single {
		all = append(all, project{name: single.Project, first: next, end: next + single.Accounts, hasMembers: true})
		next += single.Accounts
	}
	return all
}

// membersAreIn spreads the members' projects evenly, the first one included.
func (p *Plan) membersAreIn(number int) bool {
	if p.MembersIn >= p.Projects {
		return true
	}
	// The smallest number of each of MembersIn equal parts.
	return number*p.MembersIn%p.Projects < p.MembersIn
}

// share is how many of a total an account gets when it is dealt out as evenly as whole numbers can be.
func share(account, accounts, total int) int {
	return (account+1)*total/accounts - account*total/accounts
}
