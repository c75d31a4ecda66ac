using CalicoNet.Testing;

namespace CalicoNet.Netlink.Tests;

public sealed class ReadmeTests
{
    [Fact]
    public void The_example_of_the_readme_compiles_and_runs()
    {
        Requires.Root();
        Requires.Iproute2();
        using var sandbox = Sandbox.Create();
        using var folder = new TempDirectory();
        var example = File.ReadAllText(Repository.At("src", "CalicoNet.Netlink", "README.md")).Split("```csharp\n")[1].Split("```")[0];
        var name = sandbox.NewName("cali");

        // Built from outside the repository, as a user's project is, with nothing but the library.
        var library = Path.Combine(AppContext.BaseDirectory, "CalicoNet.Netlink.dll");
        File.WriteAllText(folder.File("Program.cs"), "using CalicoNet.Netlink;\n" + example.Replace("\"cali\"", $"\"{name}\"", StringComparison.Ordinal));
        File.WriteAllText(folder.File("Example.csproj"), $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <TargetFramework>net10.0</TargetFramework>
                <OutputType>Exe</OutputType>
                <ImplicitUsings>enable</ImplicitUsings>
                <Nullable>enable</Nullable>
              </PropertyGroup>
              <ItemGroup>
                <Reference Include="{library}" />
                <PackageReference Include="Tmds.LibC" Version="0.5.0" />
              </ItemGroup>
            </Project>
            """);
        Exec.Run("dotnet", "build", folder.Path, "--nologo", "-o", folder.File("out"));

        var result = Exec.In(sandbox.HostName, "dotnet", folder.File("out/Example.dll"));

        Assert.Equal("lo, eth0", result.Output.Trim());
        Assert.DoesNotContain(Ip.In(sandbox.HostName).Links(), link => link.Name == "cali0");
        Assert.False(NetNamespaces.Exists(name));
    }
}
