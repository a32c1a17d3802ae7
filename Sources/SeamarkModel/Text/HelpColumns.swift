/// For how wide a terminal a parser of arguments is to lay its help out: explanations stand beside names, for which a narrow one has no room.
public enum HelpColumns {
    /// Explanations begin in column 26. A narrower terminal than this is given lines that are whole.
    static let least = 40
    /// No line of help is as long.
    static let whole = 100_000

    /// - Parameter terminal: its columns. Whoever shows the help breaks what is wider.
    public static func asked(_ terminal: Int) -> Int { terminal < least ? whole : terminal }
}
