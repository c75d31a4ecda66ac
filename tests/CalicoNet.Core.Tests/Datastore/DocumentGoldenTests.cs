using System.Text;

namespace CalicoNet.Core.Tests;

/// <summary>Our documents and keys against everything that real Calico stored.</summary>
public sealed class DocumentGoldenTests
{
    [Fact]
    public void Every_document_is_written_again_byte_for_byte()
    {
        var written = 0;
        foreach (var (stage, key, value) in GoldenStore.All())
        {
            if (DocumentCases.Rewritten(DatastoreKey.Parse(key), Encoding.UTF8.GetBytes(value)) is { } again)
            {
                Assert.True(value == again, $"{stage}: {key}\n{value}\n{again}");
                written++;
            }
        }

        Assert.Equal(GoldenStore.All().Count(entry => !entry.Key.Contains("/tiers/", StringComparison.Ordinal)), written);
    }
}
