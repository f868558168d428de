extension RemoteEmbedder {
    /// What bounds the work on a call.
    package struct Limits: Sendable {
        /// How long a request may take, from connecting to the last byte of its answer.
        package var requestTimeout = Duration.seconds(10)
        /// How long a call may take with all its batches and pauses.
        ///
        /// Source: ours; half of the time for which queued memories are left to the server that embeds them.
        package var deadline = Duration.seconds(30)
        /// The pauses before a request is sent again, as often as there are pauses.
        package var retryPauses: [Duration] = [.milliseconds(250), .seconds(1), .seconds(4)]
        /// The longest pause that an endpoint may ask for; when it asks for more, the call fails at once.
        package var retryAfterLimit = Duration.seconds(10)

        /// The defaults.
        package init() {}
    }
}
