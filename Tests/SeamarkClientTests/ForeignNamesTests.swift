import SeamarkTestSupport
import Testing

@testable import SeamarkClient

struct ForeignNamesTests {
    @Test func `of two hundred hostile texts none is live in an attachment's title or in a folder's name`() {
        for text in HostileText.all {
            let title = AttachmentName(path: "/tmp/" + text.text).title
            #expect(HostileText.live(in: title).isEmpty, "\(text.family) \(text.number)")
            #expect(!AttachmentName(path: text.text).title.contains("/"))
            let folder = TenantHome.folderName(for: text.text)
            #expect(!folder.isEmpty && folder.utf8.count <= 60 && folder.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") }, "\(folder)")
        }
    }
}
