/// The limits of making vectors in the background.
enum VectorLimits {
    /// How many items one call of the embedder is given.
    ///
    /// Source: ours; more fill no more of a core, and hold up what was written after.
    static let batch = 64
    /// How often an item is made together with others before it is made by itself.
    static let sharedAttempts = 2
    /// How long claimed items are left alone by other servers.
    static let lease = Duration.seconds(60)
    /// The longest pause before an item that failed is tried again.
    static let retryPauseLimit = Duration.seconds(300)
    /// How often stores are looked for whose vectors are another model's, and queues that another server has filled.
    static let pollInterval = Duration.seconds(5)
    /// How many profiles one step of a store's new vectors queues.
    static let profilesAStep = 200

    /// The pause before an item that failed is tried again: 1 s, doubling.
    static func retryPause(afterAttempts attempts: Int) -> Duration {
        min(.seconds(1 << min(attempts, 10)), retryPauseLimit)
    }
}
