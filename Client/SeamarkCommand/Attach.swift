import ArgumentParser

/// `seamark attach add|list|get|evict`: the bytes behind a row of evidence.
struct Attach: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Photos, documents, extracts and recordings behind what was captured.",
        discussion: """
            For example:
              seamark attach add press-3.jpg --to O-A001
              seamark attach list
              seamark attach get EV-A001 --output press-3.jpg

            'add' seals the file on this device and makes a row of evidence for it; a sync hands the bytes in last, chunk by chunk, and goes \
            on where it stopped. 'get' fetches on demand what this device does not hold; 'evict' frees the space of what headquarters has \
            backed up.
            """,
        subcommands: [AttachAdd.self, AttachList.self, AttachGet.self, AttachEvict.self])
}
