import Foundation
import SeamarkCrypto
import SeamarkJournal

/// A folder of inputs, a file each. Their names say nothing: they are read in the order of their names, so that runs can be repeated.
package enum InputFolder {
    package static func read(_ path: String) throws -> [[UInt8]] {
        try FileManager.default.contentsOfDirectory(atPath: path).sorted().map { Array(try Data(contentsOf: URL(fileURLWithPath: path + "/" + $0))) }
    }

    package static func write(_ inputs: [[UInt8]], to path: String) throws {
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        for input in inputs {
            let name = Digest.sha256(input).description.prefix(16)
            try Data(input).write(to: URL(fileURLWithPath: path + "/" + name))
        }
    }
}
