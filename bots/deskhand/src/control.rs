//! How the command line reaches a running service: a socket in the data folder, one JSON object a line. Only who may write
//! the folder can connect. When no service runs, the command line opens the store itself.

use anyhow::{Context, Result, anyhow, bail};
use desk::{AdminAct, Agent, NewAgent};
use runtime::Runtime;
use serde::{Deserialize, Serialize};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{UnixListener, UnixStream};
use tokio_util::sync::CancellationToken;

/// The longest line that is read, in bytes.
const LONGEST: u64 = 64 * 1024;

/// What the operator wants.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Request {
    Add(NewAgent),
    List,
    Remove { name: String },
    Code { name: String, code: String },
}

/// What became of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Response {
    Done,
    Agents(Vec<Agent>),
    Refused(String),
}

/// Where the socket of a service with this data folder is.
pub(crate) fn socket(data: &Path) -> PathBuf {
    data.join("control.sock")
}

/// Does what the operator wants.
pub(crate) async fn fulfil(runtime: &Runtime, request: Request) -> Response {
    let act = match request {
        Request::Add(new) => AdminAct::Add(new),
        Request::Remove { name } => AdminAct::Remove(name),
        Request::Code { name, code } => AdminAct::NewCode { name, code },
        Request::List => {
            return match runtime.agents().await {
                Ok(roster) => Response::Agents(roster.agents.into_values().collect()),
                Err(error) => Response::Refused(error.to_string()),
            };
        }
    };
    match runtime.admin(act).await {
        Ok(()) => Response::Done,
        Err(error) => Response::Refused(error.to_string()),
    }
}

/// Takes the operator's wishes until `shutdown`.
pub(crate) async fn listen(data: PathBuf, runtime: Runtime, shutdown: CancellationToken) -> Result<()> {
    let path = socket(&data);
    // The store's lock says that no other service runs here: a socket that is left over is nobody's.
    if let Err(error) = std::fs::remove_file(&path)
        && error.kind() != std::io::ErrorKind::NotFound
    {
        return Err(anyhow!(error).context(format!("can't remove the old {}", path.display())));
    }
    let listener =
        UnixListener::bind(&path).with_context(|| format!("can't listen on {}", path.display()))?;
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600))?;
    loop {
        let stream = tokio::select! {
            () = shutdown.cancelled() => break,
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => stream,
                Err(error) => {
                    tracing::warn!(%error, "a connection to the control socket failed");
                    continue;
                }
            },
        };
        let runtime = runtime.clone();
        tokio::spawn(async move {
            if let Err(error) = serve(stream, &runtime).await {
                tracing::warn!(%error, "a wish over the control socket failed");
            }
        });
    }
    // If it can't be removed, the next start does.
    let _ = std::fs::remove_file(&path);
    Ok(())
}

async fn serve(stream: UnixStream, runtime: &Runtime) -> Result<()> {
    let (read, mut write) = stream.into_split();
    let mut lines = BufReader::new(tokio::io::AsyncReadExt::take(read, LONGEST)).lines();
    while let Some(line) = lines.next_line().await? {
        let response = match serde_json::from_str(&line) {
            Ok(request) => fulfil(runtime, request).await,
            Err(error) => Response::Refused(format!("this is no wish that can be read: {error}")),
        };
        let mut text = serde_json::to_vec(&response)?;
        text.push(b'\n');
        write.write_all(&text).await?;
    }
    Ok(())
}

/// Asks the service that runs on this data folder; `None` when none runs.
pub(crate) async fn ask(data: &Path, request: &Request) -> Result<Option<Response>> {
    let Ok(stream) = UnixStream::connect(socket(data)).await else { return Ok(None) };
    let (read, mut write) = stream.into_split();
    let mut text = serde_json::to_vec(request)?;
    text.push(b'\n');
    write.write_all(&text).await?;
    let answer = BufReader::new(read).lines().next_line().await?;
    let Some(answer) = answer else { bail!("the running service closed the connection without an answer") };
    Ok(Some(serde_json::from_str(&answer)?))
}
