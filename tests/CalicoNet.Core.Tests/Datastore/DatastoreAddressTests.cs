namespace CalicoNet.Core.Tests;

public sealed class DatastoreAddressTests
{
    private static readonly Dictionary<string, string> Nothing = [];

    [Theory]
    [InlineData("/var/lib/x.db")]
    [InlineData("sqlite:/var/lib/x.db")]
    public void A_path_is_a_file(string text)
        => Assert.Equal("/var/lib/x.db", Assert.IsType<SqliteAddress>(DatastoreAddress.Parse(text, Of(Nothing))).Path);

    [Theory]
    [InlineData("http://192.0.2.1:2379", "http://192.0.2.1:2379")]
    [InlineData("https://a:2379,b:2379, https://c", "https://a:2379,https://b:2379,https://c")]
    [InlineData("http://[2001:db8::1]:2379/", "http://[2001:db8::1]:2379")]
    public void Urls_are_the_endpoints_of_a_cluster(string text, string expected)
        => Assert.Equal(expected, Assert.IsType<EtcdAddress>(DatastoreAddress.Parse(text, Of(Nothing))).ToString());

    [Theory]
    [InlineData("")]
    [InlineData("relative.db")]
    [InlineData("/a/folder/")]
    [InlineData("sqlite:relative.db")]
    [InlineData("ftp://192.0.2.1")]
    [InlineData("http://")]
    [InlineData("http://192.0.2.1:99999")]
    [InlineData("http://192.0.2.1:2379,")]
    [InlineData("http://192.0.2.1:2379/path")]
    [InlineData("http://192.0.2.1:2379,https://192.0.2.2:2379")]
    public void Anything_else_is_an_error_that_says_what_would_do(string text)
    {
        var message = Assert.Throws<FormatException>(() => DatastoreAddress.Parse(text, Of(Nothing))).Message;
        Assert.Contains(text.Split(',')[^1], message, StringComparison.Ordinal);
        Assert.Contains("se ", message, StringComparison.Ordinal); // "use ...", "Use ..."
    }

    [Fact]
    public void The_environment_chooses_and_without_it_it_is_this_machines_file()
    {
        Assert.Equal(DatastoreAddress.DefaultPath, Assert.IsType<SqliteAddress>(DatastoreAddress.FromEnvironment(Of(Nothing))).Path);
        Assert.Equal(DatastoreAddress.DefaultPath, Assert.IsType<SqliteAddress>(DatastoreAddress.FromEnvironment(Of(new() { ["ETCD_ENDPOINTS"] = "http://a:1" }))).Path);
        Assert.Equal("/x.db", Assert.IsType<SqliteAddress>(DatastoreAddress.FromEnvironment(Of(new() { ["CALICONET_DATASTORE"] = "/x.db" }))).Path);
        Assert.Equal("http://a:1", DatastoreAddress.FromEnvironment(Of(new() { ["CALICONET_DATASTORE"] = "etcd", ["ETCD_ENDPOINTS"] = "http://a:1" })).ToString());
        Assert.Contains("ETCD_ENDPOINTS", Assert.Throws<FormatException>(() => DatastoreAddress.FromEnvironment(Of(new() { ["CALICONET_DATASTORE"] = "etcd" }))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Credentials_come_from_calicoctls_variables_where_none_are_given_and_are_never_shown()
    {
        var environment = new Dictionary<string, string>
        {
            ["ETCD_CA_CERT_FILE"] = "/ca.pem",
            ["ETCD_CERT_FILE"] = "/cert.pem",
            ["ETCD_KEY_FILE"] = "/key.pem",
            ["ETCD_USERNAME"] = "calico",
            ["ETCD_PASSWORD"] = "s3cret",
        };

        var address = Assert.IsType<EtcdAddress>(DatastoreAddress.Parse("https://a:2379", Of(environment)));

        Assert.Equal(("/ca.pem", "/cert.pem", "/key.pem", "calico", "s3cret"), (address.CaCertificateFile, address.CertificateFile, address.KeyFile, address.UserName, address.Password));
        Assert.DoesNotContain("s3cret", address.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", Assert.Throws<FormatException>(() => DatastoreAddress.Parse("https://calico:s3cret@a:2379")).Message, StringComparison.Ordinal);
        Assert.Equal("other", (address with { UserName = "other" }).WithEnvironment(Of(environment)).UserName);
    }

    private static Func<string, string?> Of(Dictionary<string, string> variables) => name => variables.GetValueOrDefault(name);
}
