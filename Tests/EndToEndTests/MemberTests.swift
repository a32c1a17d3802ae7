import Foundation
import Testing

/// Members who leave, come back or do other work, with the real programs. All people are fictitious.
@Suite(.serialized) struct MemberTests {
    private func server(_ headquarters: Headquarters, _ words: String...) throws -> Program.Result {
        try headquarters.program("seamark-server", words + ["--data", headquarters.data.path]).finish()
    }

    @Test func `an inactive member's devices are turned away, sessions that are open among them, and the unused invitations open nothing any more`() throws {
        let headquarters = try Headquarters()
        defer { headquarters.close() }
        let (ann, bob) = (try Laptop(of: "ann", at: headquarters), try Laptop(of: "bob", at: headquarters))
        try ann.must("site", "add", "name=Dayton plant")
        try ann.must("sync")
        let watch = try ann.start(["sync", "--watch"])
        try eventually("it watches", within: 60) { watch.outputSoFar.contains("atching") ? true : nil }
        let invitation = try headquarters.invitation("ann")
        let would = try headquarters.verb("member", "set", "ann", "--inactive", "--dry-run")
        #expect(would.contains("Would alter") && would.contains("1 unused invitation"))
        let done = try headquarters.verb("member", "set", "ann", "--inactive")
        #expect(done.contains("ann is lead, inactive, and 1 unused invitation opens nothing any more"), "\(done)")
        let end = try watch.finish(within: 60)
        #expect(end.status == 0 && end.output.contains("revoked"), "\(end.output)\(end.error)")
        let turned = try ann.run("sync")
        #expect((turned.output + turned.error).contains("revoked"), "\(turned)")
        #expect(try headquarters.verb("member", "list").contains("(inactive)"))
        let fresh = Laptop(headquarters)
        #expect(try fresh.run(["enrol", "--name", "Second"], input: invitation).status != 0)
        // Back again: the device works, the invitation does not.
        #expect(try headquarters.verb("member", "set", "ann", "--active").contains("ann is lead, active"))
        try ann.must("sync")
        #expect(try ann.must("list", "site").contains("Dayton"))
        #expect(try fresh.run(["enrol", "--name", "Second"], input: invitation).status != 0)
        #expect(try headquarters.verb("audit", "list").contains("member.set"))
        #expect(try headquarters.verb("member", "set", "ann", "--active").contains("Nothing to alter"))
        try bob.must("sync")
        try headquarters.verb("verify")
    }

    @Test func `an invitation that nobody used is taken back, and a used one is not touched`() throws {
        let headquarters = try Headquarters()
        defer { headquarters.close() }
        let ann = try Laptop(of: "ann", at: headquarters)
        let invitation = try headquarters.invitation("ann")
        #expect(try headquarters.verb("member", "uninvite", "ann").contains("Ended 1 unused invitation of ann"))
        #expect(try Laptop(headquarters).run(["enrol", "--name", "Second"], input: invitation).status != 0)
        #expect(try headquarters.verb("member", "uninvite", "ann").contains("Ended 0"))
        try ann.must("sync")
        #expect(try headquarters.verb("audit", "list").contains("invitation.end"))
        try headquarters.verb("verify")
    }

    @Test func `an invitation that was made before a member's role changed opens nothing, in words`() throws {
        let headquarters = try Headquarters()
        defer { headquarters.close() }
        try headquarters.verb("member", "add", "kim", "--role", "consultant")
        try headquarters.verb("engagement", "staff", "baseline", "kim")
        let invitation = try headquarters.invitation("kim")
        try headquarters.verb("member", "set", "kim", "--role", "lead")
        let refused = try Laptop(headquarters).run(["enrol", "--name", "Kim"], input: invitation)
        #expect(refused.status == 76 && refused.error.contains("made for another role") && refused.error.contains("ask headquarters for a new one"), "\(refused)")
        _ = try Laptop(of: "kim", at: headquarters)
        try headquarters.verb("verify")
    }

    @Test func `a role changes among those who work on engagements, and what it no longer allows is refused from then on`() throws {
        let headquarters = try Headquarters()
        defer { headquarters.close() }
        let ann = try Laptop(of: "ann", at: headquarters)
        try ann.must("site", "add", "name=Dayton plant")
        #expect(try headquarters.verb("member", "set", "ann", "--role", "analyst").contains("ann is analyst, active"))
        try ann.must("sync")
        #expect(try ann.must("status").contains("In quarantine"))
        #expect(try ann.must("status").contains("analyst"))
        try ann.refuses(["site", "add", "name=Second"], 77, saying: ["may not be written by your role"])
        for role in ["clientViewer", "tenantAdmin"] {
            let refused = try server(headquarters, "member", "set", "ann", "--role", role)
            #expect(refused.status == 65 && refused.error.contains("does not become"), "\(refused)")
        }
        #expect(try server(headquarters, "member", "set", "ann").status == 64)
        #expect(try server(headquarters, "member", "set", "nobody", "--inactive").status == 66)
        try headquarters.verb("verify")
    }
}
