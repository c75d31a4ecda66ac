namespace CalicoNet.Core;

/// <summary>What the workloads of a network may receive and send. An endpoint whose profile does not exist is cut off by Calico.</summary>
public sealed record Profile : Resource, IResource
{
    /// <summary>Calico's own profile, which allows everything. It is always there, and never stored.</summary>
    public const string DefaultAllow = "projectcalico-default-allow";

    /// <inheritdoc/>
    public static ResourceKind Kind { get; } = new("Profile", "profiles");

    /// <summary>The rules.</summary>
    public ProfileSpec? Spec { get; init; }

    /// <summary>The profile of a network: its workloads may send to all, and receive from each other.</summary>
    public static Profile Create(string network, DateTimeOffset now) => new()
    {
        KindName = Kind.Name,
        ApiVersion = CurrentVersion,
        Metadata = Metadata.Create(network, now),
        Spec = new()
        {
            Ingress = [new() { Action = ProfileRule.Allow, Source = new() { Selector = $"has({network})" }, Destination = new() }],
            Egress = [new() { Action = ProfileRule.Allow, Source = new(), Destination = new() }],
            LabelsToApply = StringMap.Of((network, "")),
        },
    };

    /// <inheritdoc/>
    internal override string? Fault(DatastoreKey key) => Fault<Profile>(key, Spec);
}

/// <summary>The rules of a profile.</summary>
public sealed record ProfileSpec : DocumentPart
{
    /// <summary>What its workloads may receive.</summary>
    public IReadOnlyList<ProfileRule>? Ingress { get; init; }

    /// <summary>What its workloads may send.</summary>
    public IReadOnlyList<ProfileRule>? Egress { get; init; }

    /// <summary>Labels that every workload with the profile has.</summary>
    public StringMap? LabelsToApply { get; init; }
}

/// <summary>A rule. Of what it may match, only the selectors are known here.</summary>
public sealed record ProfileRule : DocumentPart
{
    /// <summary>The action that lets a packet pass.</summary>
    public const string Allow = "Allow";

    /// <summary><see cref="Allow"/>, <c>Deny</c>, <c>Log</c> or <c>Pass</c>.</summary>
    public string? Action { get; init; }

    /// <summary>Where it comes from.</summary>
    public ProfileRuleEntity? Source { get; init; }

    /// <summary>Where it goes.</summary>
    public ProfileRuleEntity? Destination { get; init; }
}

/// <summary>One end of a rule.</summary>
public sealed record ProfileRuleEntity : DocumentPart
{
    /// <summary>The labels of the workloads.</summary>
    public string? Selector { get; init; }
}
