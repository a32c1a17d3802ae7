/// The version of both programs: what `--version` prints, what a device tells the server, what reports and packages say.
public enum SoftwareVersion {
    public static let text = "0.1.0"
}
