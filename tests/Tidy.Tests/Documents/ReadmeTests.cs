using DToC.Tidy.Reading;

namespace DToC.Tidy.Documents;

/// <summary>The README is there, and what it tells a newcomer to type exists.</summary>
public sealed class ReadmeTests
{
    [Fact]
    public void Readme_shows_how_to_start_and_how_to_test()
    {
        Assert.True(Repository.Exists("README.md"), "README.md is missing");
        var commands = Markdown.Of(Repository.Read("README.md")).Commands;
        Assert.Contains(commands, command => command.StartsWith("dotnet run", StringComparison.Ordinal));
        Assert.Contains(commands, command => command.StartsWith("dotnet test", StringComparison.Ordinal));
    }

    [Fact]
    public void Commands_of_the_documents_name_projects_that_exist() => Findings.None(
        "A command names no project that exists",
        from path in Markdown.Files
        from command in Markdown.Of(Repository.Read(path)).Commands
        let problem = DotnetCommand.Problem(command)
        where problem is not null
        select $"{path}: {command}: {problem}");
}
