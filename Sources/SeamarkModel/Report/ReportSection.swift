/// One section of the report, once for every format that is read by people.
struct ReportSection {
    enum Block {
        case paragraph(String)
        case heading(String)
        /// "None." where it is empty.
        case list([String])
        case table(ReportTable, type: String = "")
        /// HTML with what it shows in words; the table beside it holds the figures. Formats that do not draw leave it out.
        case drawing(String)
    }

    var title: String
    var blocks: [Block]
}
