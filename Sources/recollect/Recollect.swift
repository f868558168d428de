@main struct Recollect { static func main() {} }
