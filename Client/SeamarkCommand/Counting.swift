import SeamarkModel

/// "1 change", "3 changes".
func counted(_ count: Int, _ noun: String, _ plural: String? = nil) -> String {
    "\(count) \(count == 1 ? noun : plural ?? noun + "s")"
}

/// "a seam", "an answer".
func withArticle(_ noun: String) -> String { Article.with(noun) }

/// "12 B", "3.4 KB", "1.2 MB".
func bytesInWords(_ count: Int) -> String {
    func tenth(_ value: Double) -> String { String((value * 10).rounded() / 10) }
    if count < 1000 { return "\(count) B" }
    if count < 1_000_000 { return tenth(Double(count) / 1000) + " KB" }
    return tenth(Double(count) / 1_000_000) + " MB"
}
