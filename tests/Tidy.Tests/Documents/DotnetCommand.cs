using DToC.Tidy.Reading;

namespace DToC.Tidy.Documents;

/// <summary>A `dotnet` command that a document tells a reader to type at the root.</summary>
internal static class DotnetCommand
{
    private static readonly string[] OfProjects =
        ["build", "run", "test", "publish", "restore", "clean", "watch"];

    /// <summary>What is wrong with the command, or null; commands that take no project are right.</summary>
    public static string? Problem(string command)
    {
        var words = command.Split(" -- ")[0].Split('#')[0].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (words.Length < 2 || words[0] != "dotnet") return null;
        if (!OfProjects.Contains(words[1], StringComparer.Ordinal)) return null;
        var option = Array.FindIndex(words, word => word is "--project" or "-p");
        if (option >= 0 && option + 1 < words.Length) return ProblemOf(words[option + 1]);
        var path = words[2..]
            .FirstOrDefault(word => !word.StartsWith('-') && (word.Contains('/') || IsProject(word)));
        if (path is not null) return ProblemOf(path);
        return words[1] == "run" ? "names no project, and the root holds none" : ProblemOf(".");
    }

    private static string? ProblemOf(string path)
    {
        var full = Repository.Full(path.Trim('"', '\''));
        if (IsProject(path)) return File.Exists(full) ? null : $"{path} does not exist";
        if (!Directory.Exists(full)) return $"{path} does not exist";
        var projects = Directory.EnumerateFiles(full).Count(IsProject);
        return projects == 1 ? null : $"{path} holds {projects} projects or solutions";
    }

    private static bool IsProject(string path) => Path.GetExtension(path) is ".csproj" or ".sln" or ".slnx";
}
