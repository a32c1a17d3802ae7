import Foundation
import SeamarkJournal
import SeamarkModel
import SeamarkTestSupport
import Testing

/// What is written for people follows the catalogue, or a test says so.
@Suite struct DocumentationTests {
    @Test func `the description of the engagement file names every field of every section`() throws {
        let text = try String(contentsOf: Self.documentation.appending(path: "EngagementFile.md"), encoding: .utf8)
        for type in Catalogue.types where type.home == .engagement && ![Catalogue.redaction, Catalogue.snapshot].contains(where: { $0 === type }) {
            for field in type.fields where field.number >= 10 {
                // Implied by where a row stands, or said in another way.
                if [("overlap", "first"), ("overlap", "second"), ("seamModeScore", "seam"), ("decisionSample", "decision"), ("initiativeTarget", "initiative"), ("moveCheck", "move"), ("gateResult", "review")]
                    .contains(where: { $0.0 == type.key && $0.1 == field.key }) { continue }
                #expect(DocumentationTests.words(text).contains(field.key), "\(type.key).\(field.key)")
                guard case .group(let group) = field.kind else { continue }
                for member in group.members { #expect(DocumentationTests.words(text).contains(member.key), "\(type.key).\(field.key).\(member.key)") }
            }
        }
    }

    private static let documentation = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().appending(path: "Documentation")

    @Test func `the page of records is the catalogue's own`() throws {
        let file = Self.documentation.appending(path: "Records.md")
        if ProcessInfo.processInfo.environment["SEAMARK_WRITE_DOCUMENTATION"] == "1" { try Catalogue.page.write(to: file, atomically: true, encoding: .utf8) }
        let isSame = try String(contentsOf: file, encoding: .utf8) == Catalogue.page
        #expect(isSame, "write it anew: SEAMARK_WRITE_DOCUMENTATION=1 swift test --filter DocumentationTests")
    }

    @Test func `derived ids are made of the purposes and parts that the page states`() {
        let (a, b) = (Identifier(high: 2, low: 1), Identifier(high: 1, low: 2))
        let primitives = CheapPrimitives()
        func derived(_ purpose: String, _ parts: [UInt8]) -> Identifier {
            #expect(Catalogue.page.contains("| `\(purpose)` |"))
            return .derived(purpose, from: parts, by: primitives)
        }
        #expect(DerivedIdentifiers.answer(interview: a, question: "KT1", scorer: b, by: primitives) == derived("answer", a.bytes + b.bytes + Array("KT1".utf8)))
        #expect(
            DerivedIdentifiers.formAnswer(interview: a, questionnaire: b, question: "people", scorer: a, by: primitives)
                == derived("formAnswer", a.bytes + b.bytes + a.bytes + Array("people".utf8)))
        #expect(DerivedIdentifiers.seamModeScore(seam: a, mode: 6, scorer: b, by: primitives) == derived("seamModeScore", a.bytes + b.bytes + Array("6".utf8)))
        #expect(DerivedIdentifiers.initiativeTarget(initiative: a, line: b, by: primitives) == derived("initiativeTarget", a.bytes + b.bytes))
        for (first, second) in [(a, b), (b, a)] {
            #expect(DerivedIdentifiers.overlap(first, second, by: primitives) == derived("overlap", b.bytes + a.bytes))
        }
        #expect(DerivedIdentifiers.instrument(key: "core9", edition: 1, by: primitives) == derived("instrument", Array("core9@1".utf8)))
        #expect(DerivedIdentifiers.imported(scope: a, type: 40, handle: "L1", by: primitives) == derived("imported", a.bytes + Array("40/L1".utf8)))
    }

    /// Suites with tests that the system may refuse, where nothing can be installed for them: keys in the kernel, a file system of one's own.
    private static let hangOnTheSystem: Set<Substring> = ["SecretsTests", "FullDiskTests", "KeyAgentStrangerTests"]

    @Test func `every test that the threats and the numbers name is there, and is not skipped`() throws {
        let tests = Self.documentation.deletingLastPathComponent().appending(path: "Tests")
        var sources: [(name: String, text: String)] = []
        let files = try #require(FileManager.default.enumerator(at: tests, includingPropertiesForKeys: nil))
        for case let file as URL in files where file.pathExtension == "swift" {
            sources.append((file.deletingPathExtension().lastPathComponent, try String(contentsOf: file, encoding: .utf8)))
        }
        for (path, least) in [("Server/THREATS.md", 40), ("Server/ASVS.md", 40), ("Server/LOGS.md", 5), ("Server/CRYPTOGRAPHY.md", 20), ("Documentation/Numbers.md", 40), ("Documentation/Snapshots.md", 4), ("Documentation/Questionnaires.md", 6), ("Documentation/Instruments.md", 6)] {
            let page = try String(contentsOf: Self.documentation.deletingLastPathComponent().appending(path: path), encoding: .utf8)
            let named = page.matches(of: /`([A-Z]\w+)`: `([^`]+)`/)
            #expect(named.count > least, "\(path)")
            for test in named {
                let source = sources.first { ($0.name == test.1 || $0.text.contains("struct \(test.1) ")) && $0.text.contains("func `\(test.2)`(") }
                #expect(source != nil, "\(test.1): \(test.2)")
                guard let source, !Self.hangOnTheSystem.contains(test.1) else { continue }
                // Not written out, since this file is among the sources.
                for trait in ["enabled", "disabled"] { #expect(!source.text.contains(".\(trait)("), "\(test.1) may be skipped") }
            }
        }
    }

    private static func words(_ text: String) -> Set<String> {
        Set(text.split { !($0.isLetter || $0.isNumber) }.map(String.init))
    }

    @Test func `the role table reads as it was agreed`() {
        #expect(RoleTable.text == """
            record type       consultant  lead        analyst           clientViewer  tenantAdmin
            tenant            -           -           -                 -             -          
            member            -           -           -                 -             -          
            device            -           -           -                 -             -          
            instrument        -           -           -                 -             -          
            engagement        -           CER         -                 -             -          
            site              CED         CEDR        -                 -             -          
            unit              CED         CEDR        -                 -             -          
            person            CED         CEDR        -                 -             -          
            interview         CED         CEDR        -                 -             -          
            answer            ced         ced         -                 -             -          
            observation       ced         cEdR        -                 -             -          
            quote             ced         cEdR        -                 -             -          
            evidence          CED         CEDR        -                 -             -          
            contributor       CED         CEDR        -                 -             -          
            seam              CED         CEDR        -                 -             -          
            seamModeScore     ced         ced         -                 -             -          
            decisionRight     CED         CEDR        -                 -             -          
            decisionSample    ced         ced         -                 -             -          
            constraint        CED         CEDR        -                 -             -          
            initiative        CED         CEDR        -                 -             -          
            initiativeTarget  CED         CEDR        -                 -             -          
            finding           CED         CEDR        -                 -             -          
            recommendation    CED         CEDR        -                 -             -          
            interviewReview   -           C           -                 -             -          
            leakageLine       CED         CEDR        -                 -             -          
            overlap           CED         CEDR        -                 -             -          
            pool              CED         CEDR        CER               -             -          
            move              CED         CEDR        -                 -             -          
            moveCheck         ced         ced         -                 -             -          
            quickCheck        ced         ced         -                 -             -          
            driftSignal       CED         CEDR        -                 -             -          
            gateReview        CED         CEDR        CER               -             -          
            gateResult        CED         CEDR        CER               -             -          
            cycle             -           CER         CER               -             -          
            boardAnswer       -           CER         CER               -             -          
            sequenceDecision  -           CER         CER               -             -          
            checkAnswer       -           CER         CER               -             -          
            scoreReview       -           CER         -                 -             -          
            redaction         -           C           -                 -             -          
            snapshot          -           C           C                 -             -          
            questionnaire     -           CER         CER               -             -          
            formAnswer        ced         ced         -                 -             -          
            publication       -           -           -                 -             -          
            publicationPart   -           -           -                 -             -          
            reads             everything  everything  withoutSensitive  published     directory  

            """)
    }
}
