namespace CalicoNet.Netlink.Tests.Values;

public sealed class NamesTests
{
    [Theory]
    [InlineData("eth0")]
    [InlineData("a")]
    [InlineData("cali0123456789a")]
    [InlineData("eth0.100")]
    [InlineData("-x")]
    [InlineData("äöüäöüä")]
    public void Interface_names_of_up_to_15_bytes_are_taken(string name)
    {
        Assert.True(Names.IsInterface(name));
        Names.CheckInterface(name);
    }

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("a/b")]
    [InlineData("eth%d")]
    [InlineData("a:b")]
    [InlineData("a b")]
    [InlineData("a\tb")]
    [InlineData("a\0")]
    [InlineData("a\u00a0b")]
    [InlineData("cali0123456789ab")]
    [InlineData("äöüäöüäö")]
    public void Other_interface_names_are_refused_with_the_rule(string name)
    {
        Assert.False(Names.IsInterface(name));
        Assert.Contains("is not an interface name: ", Assert.Throws<ArgumentException>(() => Names.CheckInterface(name)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("web 1", true)]
    [InlineData("a:b%d", true)]
    [InlineData("-", true)]
    [InlineData("", false)]
    [InlineData(".", false)]
    [InlineData("..", false)]
    [InlineData("a/b", false)]
    [InlineData("a\0b", false)]
    public void Namespace_names_are_file_names(string name, bool isOne)
    {
        Assert.Equal(isOne, Names.IsNamespace(name));
        if (!isOne)
            Assert.Throws<ArgumentException>(() => Names.CheckNamespace(name));
    }

    [Fact]
    public void A_namespace_name_has_at_most_255_bytes()
    {
        Assert.True(Names.IsNamespace(new string('n', 255)));
        Assert.False(Names.IsNamespace(new string('n', 256)));
        Assert.False(Names.IsNamespace(new string('ä', 128)));
    }

    [Theory]
    [InlineData(".", ".", true)]
    [InlineData("/proc/self/ns/net", ".", true)]
    [InlineData("web", "web", false)]
    [InlineData("/run/netns/web", "web", false)]
    [InlineData("/var/run/netns/web", "web", false)]
    [InlineData("/run/netns/a/b", "/run/netns/a/b", false)]
    [InlineData("/proc/1/ns/net", "/proc/1/ns/net", false)]
    public void A_namespace_is_named_by_name_path_or_dot(string text, string canonical, bool isOwn)
    {
        var reference = NetNamespaceRef.Parse(text);

        Assert.Equal((canonical, isOwn), (reference.ToString(), reference.IsOwn));
        Assert.Equal(reference, NetNamespaceRef.Parse(reference.ToString()));
    }

    [Theory]
    [InlineData("")]
    [InlineData("..")]
    [InlineData("a/b")]
    [InlineData("./web")]
    [InlineData("/run/netns/a\0b")]
    public void Everything_else_names_no_namespace(string text) => Assert.Throws<ArgumentException>(() => NetNamespaceRef.Parse(text));
}
