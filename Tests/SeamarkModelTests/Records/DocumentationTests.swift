import Foundation
import SeamarkModel
import Testing

/// What is written for people follows the catalogue, or a test says so.
@Suite struct DocumentationTests {
    @Test func `the description of the engagement file names every field of every section`() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let text = try String(contentsOf: root.appending(path: "Documentation/EngagementFile.md"), encoding: .utf8)
        for type in Catalogue.types where type.home == .engagement {
            for field in type.fields where field.number >= 10 {
                // Implied by where a row stands, or said in another way.
                if [("overlap", "first"), ("overlap", "second"), ("seamModeScore", "seam"), ("decisionSample", "decision"), ("initiativeTarget", "initiative")]
                    .contains(where: { $0.0 == type.key && $0.1 == field.key }) { continue }
                #expect(DocumentationTests.words(text).contains(field.key), "\(type.key).\(field.key)")
                guard case .group(let group) = field.kind else { continue }
                for member in group.members { #expect(DocumentationTests.words(text).contains(member.key), "\(type.key).\(field.key).\(member.key)") }
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
            leakageLine       CED         CEDR        -                 -             -          
            overlap           CED         CEDR        -                 -             -          
            pool              CED         CEDR        CER               -             -          
            reads             everything  everything  withoutSensitive  published     directory  

            """)
    }
}
