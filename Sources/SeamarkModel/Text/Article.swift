/// The article of a noun that people read.
public enum Article {
    /// "an observation", "a unit".
    public static func with(_ noun: String) -> String { ("aeiou".contains(noun.first ?? "x") && noun != "unit" ? "an " : "a ") + noun }
}
