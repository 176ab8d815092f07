namespace DToC.Tidy.Documents;

public sealed class MarkdownTests
{
    [Fact]
    public void Links_commands_and_anchors_are_read()
    {
        var text = Markdown.Of(
            "# A tour, in short\n[a](docs/a.md#b) and ![c](<c.png> \"d\") `[x](y)`\n"
            + "```bash\n$ dotnet run \\\n  --project src/Api\nls\n```\n```csharp\n[x](y)\n```\n");
        Assert.Equal(["docs/a.md#b", "c.png"], text.Links);
        Assert.Equal(["dotnet run   --project src/Api", "ls"], text.Commands);
        Assert.Equal(["a-tour-in-short"], text.Anchors);
    }

    [Theory]
    [InlineData("dotnet test", true)]
    [InlineData("dotnet run --project src/Api", true)]
    [InlineData("dotnet run -c Release --project bench/Load -- --quick", true)]
    [InlineData("dotnet test tests/Twin.Tests", true)]
    [InlineData("dotnet build DToC.sln -c Release", true)]
    [InlineData("dotnet --version", true)]
    [InlineData("dotnet run", false)]
    [InlineData("dotnet run --project src/Nowhere", false)]
    [InlineData("dotnet run --project src", false)]
    [InlineData("dotnet build Nowhere.sln", false)]
    public void Commands_need_a_project_that_exists(string command, bool isRight) =>
        Assert.Equal(isRight, DotnetCommand.Problem(command) is null);
}
