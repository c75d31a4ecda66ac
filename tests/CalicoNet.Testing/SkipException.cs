namespace CalicoNet.Testing;

/// <summary>xUnit v3 takes any exception whose message begins so for a skip: the convention spares this library a reference to it.</summary>
public sealed class SkipException(string reason) : Exception("$XunitDynamicSkip$" + reason);
