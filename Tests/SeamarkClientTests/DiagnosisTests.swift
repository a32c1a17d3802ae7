import SeamarkClient
import Testing

struct DiagnosisTests {
    private static func facts() -> LaptopFacts {
        var facts = LaptopFacts(home: "/home/ann/.local/share/seamark", now: 1_800_000_000_000, isUTF8: true, editor: ("vi", true))
        facts.homeMode = 0o700
        facts.freeBytes = 1 << 40
        var device = LaptopFacts.Device()
        device.certificateDaysLeft = 20
        device.leaseDaysLeft = 30
        device.sinceSync = 3_600_000
        facts.tenants = [.init(name: "halden", folderMode: 0o700, standing: .open(device))]
        return facts
    }

    private static func changed(_ change: (inout LaptopFacts.Device) -> Void) -> LaptopFacts {
        var facts = facts()
        guard case .open(var device) = facts.tenants[0].standing else { return facts }
        change(&device)
        facts.tenants[0].standing = .open(device)
        return facts
    }

    private static func found(_ facts: LaptopFacts) -> [String] {
        Diagnosis(facts).findings.filter { $0.verdict != .fine }.map { "\($0.about) \($0.verdict.rawValue)" }
    }

    @Test func `a laptop in order has nothing but what is fine`() {
        let diagnosis = Diagnosis(Self.facts())
        #expect(!diagnosis.hasFault && diagnosis.findings.allSatisfy { $0.verdict == .fine && $0.remedy.isEmpty }, "\(diagnosis.findings)")
    }

    @Test func `what the server refused is said with its reason, and no sync is advised for it`() {
        let findings = Diagnosis(Self.changed { $0.attachmentsRefused = [("it is larger than the server takes", 2), ("the server's disk is full", 1)] }).findings
        let (refused, work) = (findings.filter { $0.about == "attachments" }, findings.filter { $0.about == "work" })
        #expect(refused.map(\.words) == [
            "2 attachments are on this laptop alone, since the server refused each: it is larger than the server takes.", "1 attachment is on this laptop alone, since the server refused it: the server's disk is full.",
        ])
        #expect(work.map(\.verdict) == [.fine] && work.allSatisfy { !$0.words.contains("Everything captured") })
        #expect(findings.allSatisfy { !$0.remedy.contains("seamark sync") })
        let waiting = Diagnosis(Self.changed { $0.unsent = 1; $0.attachmentsWaiting = 2 }).findings.first { $0.about == "work" }
        #expect(waiting?.words.hasPrefix("1 change and 2 attachments are on this laptop alone.") == true)
    }

    @Test func `each thing that goes wrong is told alone, with what to do`() {
        func changed(_ change: (inout LaptopFacts) -> Void) -> LaptopFacts {
            var facts = Self.facts()
            change(&facts)
            return facts
        }
        let day: Int64 = 86_400_000
        let cases: [(LaptopFacts, [String])] = [
            (changed { $0.homeMode = nil }, ["folder note"]), (changed { $0.homeMode = 0o750 }, ["folder fault"]), (changed { $0.homeMode = 0o701 }, ["folder fault"]),
            (changed { $0.homeIsOwn = false }, ["folder fault"]), (changed { $0.homeIsWritable = false }, ["folder fault"]),
            (changed { $0.home = "/home/ann/Dropbox/seamark" }, ["copies fault"]),
            (changed { $0.freeBytes = (200 << 20) - 1 }, ["disk note"]), (changed { $0.freeBytes = 200 << 20 }, []), (changed { $0.freeBytes = (8 << 20) - 1 }, ["disk fault"]),
            (changed { $0.now = 0 }, ["clock fault"]), (changed { $0.isUTF8 = false }, ["locale note"]), (changed { $0.editor = ("emacs", false) }, ["editor note"]),
            (changed { $0.printedPages = ["/dev/shm/seamark-page-x"] }, ["page fault"]),
            (changed { $0.tenants = [] }, ["enrolment note"]), (changed { $0.tenants[0].folderMode = 0o755 }, ["store fault"]),
            (changed { $0.tenants[0].standing = .locked }, ["store unknown"]), (changed { $0.tenants[0].standing = .failed("The disk failed. Copy it away.") }, ["store fault"]),
            (Self.changed { $0.isRevoked = true }, ["device fault"]), (Self.changed { $0.isRevoked = true; $0.conflicts = 1 }, ["device fault"]), (Self.changed { $0.isUnknown = true }, ["device fault"]), (Self.changed { $0.awaitsConfirmation = true }, ["device note"]),
            (Self.changed { $0.certificateDaysLeft = nil }, ["certificate fault"]), (Self.changed { $0.certificateDaysLeft = 0 }, ["certificate fault"]),
            (Self.changed { $0.certificateDaysLeft = 6 }, ["certificate note"]), (Self.changed { $0.certificateDaysLeft = 7 }, []),
            (Self.changed { $0.leaseDaysLeft = 0 }, ["lease fault"]), (Self.changed { $0.leaseDaysLeft = 6 }, ["lease note"]), (Self.changed { $0.leaseDaysLeft = 7 }, []),
            (Self.changed { $0.skew = 120_000 }, []), (Self.changed { $0.skew = -120_001 }, ["clock note"]), (Self.changed { $0.skew = .min }, ["clock note"]),
            (Self.changed { $0.unsent = 3; $0.oldestUnsent = 7 * day }, ["work note"]), (Self.changed { $0.unsent = 3; $0.oldestUnsent = 7 * day + 1 }, ["work fault"]),
            (Self.changed { $0.attachmentsRefused = [("it is larger than the server takes", 1)] }, ["attachments note"]),
            (Self.changed { $0.attachmentsWaiting = 1 }, ["work note"]), (Self.changed { $0.lastAttempt = "found no server" }, ["sync note"]),
            (Self.changed { $0.quarantined = 1 }, ["quarantine note"]), (Self.changed { $0.conflicts = 1 }, ["conflicts note"]),
            (Self.changed { $0.server = ("hq:7440", "it does not answer") }, ["server fault"]), (Self.changed { $0.server = ("hq:7440", nil) }, []),
        ]
        for (facts, expected) in cases {
            #expect(Self.found(facts) == expected)
            for finding in Diagnosis(facts).findings {
                #expect(finding.words.hasSuffix("."), "\(finding)")
                if finding.verdict != .fine, finding.words != "The disk failed. Copy it away." { #expect(finding.remedy.hasSuffix("."), "\(finding)") }
            }
        }
    }
}
