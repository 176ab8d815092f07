using System.CommandLine;
using DToC.Cli.Folders;
using DToC.Embedded;

namespace DToC.Cli.Commands;

/// <summary>The data folder that a command looks after.</summary>
internal sealed class FolderArgument
{
    private readonly Argument<string> _folder;

    /// <param name="description">What becomes of it.</param>
    public FolderArgument(string description) => _folder = new("FOLDER") { Description = description };

    /// <summary>Adds the argument to a command.</summary>
    public void AddTo(Command command) => command.Arguments.Add(_folder);

    /// <summary>The folder and what its tools have to know.</summary>
    public EmbeddedOptions Of(ParseResult parsed) => 
        HostFolder.OptionsOf(parsed.GetValue(_folder) ?? "") with { MasterKey = MasterKeyOption.Of(parsed) };
}
