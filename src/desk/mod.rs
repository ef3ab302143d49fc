//! The operator's side: the command language and the files a trader hands over.
