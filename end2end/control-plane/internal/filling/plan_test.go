package filling

import "testing"

func TestEachAccountIsInOneProject(t *testing.T) {
	plan := Plan{Accounts: 103, Projects: 10, Single: []Single{{"bench-large", 7}}}
	next := 0
	for _, project := range plan.projects() {
		if project.first != next {
			t.Fatalf("%s begins at %d, not at %d", project.name, project.first, next)
		}
		next = project.end
	}
	if next != 110 {
		t.Fatalf("%d accounts are in projects, not 110", next)
	}
}

func TestTheFirstProjectIsTheSameInAnySize(t *testing.T) {
	for _, plan := range []Plan{{Accounts: 100, Projects: 2}, {Accounts: 100_000, Projects: 2_000}} {
		if first := plan.projects()[0]; first.end != 50 || first.name != "bench-0000" {
			t.Errorf("%d accounts: the first project is %+v", plan.Accounts, first)
		}
	}
}

func TestMembersAreInAsManyProjectsAsAsked(t *testing.T) {
	for _, plan := range []Plan{{Projects: 10_000, MembersIn: 50}, {Projects: 2, MembersIn: 50}, {Projects: 7, MembersIn: 3}} {
		in := 0
		for _, project := range plan.projects() {
			if project.hasMembers {
				in++
			}
		}
		if want := min(plan.MembersIn, plan.Projects); in != want || !plan.projects()[0].hasMembers {
			t.Errorf("members are in %d projects, not in %d", in, want)
		}
	}
}

func TestSharesAddUp(t *testing.T) {
	plan := Plan{Accounts: 21, Bindings: -1, Pods: -1}
	plan.Complete()
	bindings := 0
	for account := range plan.Accounts {
		of := share(account, plan.Accounts, plan.Bindings)
		if of != 2 && of != 3 {
			t.Errorf("account %d has %d bindings", account, of)
		}
		bindings += of
	}
	if bindings != 52 || plan.Pods != 21 {
		t.Errorf("%d bindings, %d pods", bindings, plan.Pods)
	}
}
